"""The files of a dataset whose truths lie beside its pictures: which are pictures, and what belongs to each."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.layout import PARTITION_NAMES
from nnlab.data.left_out import is_stranger
from nnlab.data.names import is_image, natural
from nnlab.data.walk import files_within

IMAGES = ("images", "jpegimages")
"""Names of folders, in any case, that pictures lie in where their truths lie in folders of other names beside them."""

BESIDE = ("masks", "annotations", "labels")
"""Names of folders, in lower case, whose files say what is true of pictures, and are none of a set themselves."""

TABLES = ("labels.csv", "targets.csv", "boxes.csv", "keypoints.csv", "classes.txt")
"""Files in a set's folder that say what is true of pictures: to a reader of one of them the others are not strange."""


@dataclass(frozen=True, eq=False)
class PictureFiles:
    """What a folder holds, by paths within it: `images/a.png`, `train/images/a.png`, `images/train/a.png`, `a.png`.

    Options:  files: every file, in natural order.
    """

    folder: Path
    files: Mapping[str, Path]

    @classmethod
    def of(cls, folder: Path) -> "PictureFiles":
        """Of that folder, and the folders in it. Raises DataError: when one cannot be read."""
        files = {path.relative_to(folder).as_posix(): path for path in files_within(folder)}
        return cls(folder, files)

    @cached_property
    def all(self) -> Mapping[str, Path]:
        """Every file that is a picture by its name."""
        return {name: path for name, path in self.files.items() if is_image(path.name)}

    @cached_property
    def pictures(self) -> Mapping[str, Path]:
        """The pictures of the set, each of which something has to be true of, in natural order of their paths."""
        own = (name for name in self.all if not self.lies_in(name, BESIDE))
        return {name: self.all[name] for name in sorted(own, key=natural)}

    def named(self, file: str) -> str | None:
        """The picture that a table names by its path within the folder, or within the folder of images; None: none."""
        if file in self.all:
            return file
        within = [f"{folder}/{file}" for folder in self._of_images]
        there = [name for name in within if name in self.all]
        return there[0] if len(there) == 1 else None

    @cached_property
    def _of_images(self) -> list[str]:
        parents = {PurePosixPath(name).parents[-place - 2].as_posix() for name in self.all
                   if (place := self._at(name, IMAGES)) is not None}  # fmt: skip
        return sorted(parents, key=natural)

    def missing(self, file: str) -> str:
        """Why a file that a table names is no picture of the set."""
        if Path(file).is_absolute() or ".." in Path(file).parts:
            return "is no path within the folder"
        if (self.folder / file).is_dir():
            return "is a folder, not a picture"
        return "no picture by its name" if (self.folder / file).exists() and not is_image(file) else "no such file"

    def companions(self, folders: Collection[str], suffixes: Collection[str]) -> Mapping[str, list[str]]:
        """The files of these folders, by the picture that they belong to: `masks/a.png` to `images/a.jpg`, by its key.

        Options:  folders: their names, in lower case.  suffixes: with the dot, in lower case; of others none is named.
        """
        found: dict[str, list[str]] = {}
        for name in self.files:
            if self.lies_in(name, folders) and PurePosixPath(name).suffix.lower() in suffixes:
                found.setdefault(key_of(name, folders), []).append(name)
        return found

    def key(self, picture: str) -> str:
        """What a picture and its companions have in common: its path without the folder of images, and no ending."""
        return key_of(picture, IMAGES)

    def partitions(self, pictures: Iterable[str]) -> dict[str, str]:
        """The folders that are partitions, by partition: `train`, or `images/train`; none where pictures lie elsewhere
        too, or none is to learn from.

        Raises:  DataError: when two folders are one partition.
        """
        tops = sorted({_top(name) for name in pictures})
        named = [(PARTITION_NAMES.get(top.rpartition("/")[2].lower()), top) for top in tops]
        if any(partition is None for partition, _ in named):
            return {}
        found: dict[str, str] = {}
        for partition in ("training", "dev", "test"):
            own = [top for name, top in named if name == partition]
            if len(own) > 1:
                what = f"{own[0]}/ and {own[1]}/ are both the {partition} partition"
                hint = "move their images together, and what says what is true of them"
                raise DataError(what, where=printable(self.folder), hint=hint)
            found |= dict.fromkeys([partition], own[0]) if own else {}
        return found if "training" in found else {}

    @property
    def faults(self) -> Iterator[DataError]:
        """What is wrong with the files by their names alone."""
        return iter(())

    def partition_of(self, picture: str, partitions: Mapping[str, str]) -> str | None:
        """The partition of a picture. Options:  partitions: as they were found."""
        return next((partition for partition, top in partitions.items() if picture.startswith(f"{top}/")), None)

    def strangers(self, files: Iterable[str]) -> Iterator[str]:
        """Those that nobody expects where they lie."""
        others = (name for name in files if name not in TABLES and not self.lies_in(name, BESIDE))
        return (name for name in others if is_stranger(Path(name).name))

    def lies_in(self, name: str, folders: Collection[str]) -> bool:
        """Whether a file lies in a folder of one of these names, in lower case, or in folders in it."""
        return self._at(name, folders) is not None

    def _at(self, name: str, folders: Collection[str]) -> int | None:
        """Where in its path one of these folders stands."""
        parts = name.lower().split("/")[:-1]
        return next((place for place, part in enumerate(parts) if part in folders), None)


def key_of(name: str, folders: Collection[str]) -> str:
    """A path without the first folder that has one of these names (in lower case), and without its ending."""
    *parents, last = name.split("/")
    place = next((place for place, part in enumerate(parents) if part.lower() in folders), len(parents))
    return "/".join((*parents[:place], *parents[place + 1 :], PurePosixPath(last).stem))


def _top(name: str) -> str:
    """The folder that may be a partition: the first, or the one in the folder of images; none: the text is empty."""
    parts = name.split("/")[:-1]
    return "/".join(parts[: 2 if parts and parts[0].lower() in IMAGES else 1])
