"""The files of tar shards as those of a folder, for readers whose truths lie beside pictures."""

from abc import ABC
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.names import natural
from nnlab.data.readers.base import READERS, Reader
from nnlab.data.readers.shared.beside import Beside
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.shard_files import ShardFiles
from nnlab.data.readers.shared.shard_keys import Parts, by_keys, json_of, kinds_in
from nnlab.data.tars.members import index_of


@dataclass(frozen=True, eq=False)
class ShardMembers(PictureFiles):
    """What tar shards hold, by paths within the set: `a.tar/0001.jpg`.

    Options:  keys: of each key, `a.tar/0001`, its members.  strange: members and files that nobody expects.
    """

    shards: ShardFiles
    keys: Mapping[str, Parts]
    strange: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path) -> "ShardMembers":
        """Of a folder of shards, or of one.  Raises DataError: there is none, or one is damaged."""
        shards = ShardFiles.of(folder)
        if not shards.tars:
            raise DataError("has no tar files", where=printable(folder))
        files, keys, strange = dict[str, Path](), dict[str, Parts](), shards.beside
        for within, tar in shards.tars.items():
            names = index_of(tar)
            files |= {f"{within}/{name}": tar / name for name in names}
            own = by_keys(names, f"{within}/", strange)
            keys |= {f"{within}/{key}": _within(parts, f"{within}/") for key, parts in own.items()}
        return cls(folder, files, shards, keys, tuple(strange))

    @cached_property
    def all(self) -> Mapping[str, Path]:
        """Every picture, none of which is a mask."""
        return {name: self.files[name] for parts in self.keys.values() for name in parts.pictures}

    @cached_property
    def pictures(self) -> Mapping[str, Path]:
        """Those of keys that have one."""
        names = [parts.pictures[0] for parts in self.keys.values() if len(parts.pictures) == 1]
        return {name: self.files[name] for name in sorted(names, key=natural)}

    @property
    def faults(self) -> Iterator[DataError]:
        """Keys that have no picture, or several."""
        for key, parts in self.keys.items():
            try:
                _ = parts.picture
            except DataError as error:
                yield DataError(error.what, where=printable(self.folder / key if self.folder.is_dir() else key))

    def said(self, names: Iterable[str]) -> Iterator[tuple[str, Path, Any]]:
        """Of each picture whose JSON has one of these names: the picture, the JSON's path, and what stands there.

        JSON that cannot be read is given as the DataError that it is.
        """
        for parts in self.keys.values():
            if len(parts.pictures) != 1 or "json" not in parts.said:
                continue
            path = self.files[parts.said["json"]]
            try:
                whole = json_of(path)
            except DataError as error:
                yield parts.pictures[0], path, error
                continue
            name = next((name for name in names if isinstance(whole, dict) and name in whole), None)
            if name is not None:
                yield parts.pictures[0], path, whole[name]

    def beside(self, name: str) -> Path:
        """A file beside the shards."""
        return (self.folder if self.folder.is_dir() else self.folder.parent) / name

    def partitions(self, pictures: Iterable[str]) -> dict[str, str]:
        """The shards of each partition, in words."""
        return self.shards.told(self._partitions)

    def partition_of(self, picture: str, partitions: Mapping[str, str]) -> str | None:
        """That of its shard."""
        return self._by_shard.get(picture[: picture.lower().index(".tar/") + 4])

    def strangers(self, files: Iterable[str]) -> Iterator[str]:
        """Members and files that nobody expects."""
        return iter(self.strange)

    @cached_property
    def _partitions(self) -> Mapping[Path, str]:
        return self.shards.partitions()

    @cached_property
    def _by_shard(self) -> Mapping[str, str | None]:
        return {within: self._partitions.get(tar) for within, tar in self.shards.tars.items()}


@dataclass(kw_only=True, eq=False)
class InShards(Beside, ABC):
    """Truths of members of tar shards.  Options:  kind: what `kinds_in` calls them."""

    packed: ClassVar[bool] = True
    kind: ClassVar[str]

    def recognises(self, folder: Path) -> bool:
        """Whether there are tar shards whose first members say such truths."""
        return self.kind in kinds_in(folder)

    def of_pictures(self) -> Reader:
        """The pictures of shards, whatever is said of them."""
        return READERS.get("TarShards")().of_pictures()

    def files_of(self, folder: Path) -> ShardMembers:
        """The members of the shards."""
        return ShardMembers.of(folder)


def _within(parts: Parts, within: str) -> Parts:
    """With paths within the set."""
    return Parts(
        [within + name for name in parts.pictures],
        [within + name for name in parts.masks],
        {ending: within + name for ending, name in parts.said.items()},
    )
