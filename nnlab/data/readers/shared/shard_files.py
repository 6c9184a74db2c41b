"""Which files of a folder are tar shards, and of which partition each is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.layout import PARTITION_NAMES, Entry, class_folders, entries, has_images, is_folder
from nnlab.data.left_out import strangers
from nnlab.data.readers.shared.arrays import partition_word
from nnlab.data.tars.members import ENDING

ORDER = ("training", "dev", "test")

NAMES = ("classes.txt", "class_names.txt", "labels.txt", "names.txt")
"""Files beside the shards of which one may say what numbers are called, a line each."""

MASK_NAMES, BOX_NAMES = ("mask_classes.txt", "classes.txt"), ("box_classes.txt", *NAMES)
"""The same of masks' values, and of boxes' numbers; the first that is there."""


@dataclass(frozen=True)
class ShardFiles:
    """The tar files of a folder, and those in its folders of partitions; or one tar file that is named itself.

    Options:  tars: by their paths within the folder, in natural order.
    """

    folder: Path
    tars: Mapping[str, Path]

    @classmethod
    def of(cls, folder: Path) -> "ShardFiles":
        """Raises DataError: a folder cannot be read."""
        return cls(folder, dict(_tars(folder)))

    @property
    def stand_alone(self) -> bool:
        """Whether neither pictures nor folders lie beside them: those may be datasets, of which some are packed."""
        if not self.folder.is_dir():
            return True
        others = [each for each in entries(self.folder) if is_folder(each) and each.name.lower() not in PARTITION_NAMES]
        return not (others or has_images(self.folder) or class_folders(self.folder))

    def partitions(self) -> Mapping[Path, str]:
        """The partition of each, by its name or its folder's; none where no name says one.

        Raises:  DataError: some say one and others none, or there is none to learn from.
        """
        found: dict[Path, str] = {}
        if not self.folder.is_dir():  # it is the whole set
            return found
        for tar in self.tars.values():
            words = re.split(r"[^a-z]+", tar.stem.lower())
            if tar.parent != self.folder:
                words.insert(0, tar.parent.name.lower())
            if partition := partition_word(words, PARTITION_NAMES):
                found[tar] = partition
        hint = "name shards train-000.tar, val-000.tar and so on"
        for tar in self.tars.values():
            if found and tar not in found:
                raise DataError("its name says no partition, and others' do", where=printable(tar), hint=hint)
        if found and "training" not in found.values():
            raise DataError("has no shards to learn from", where=printable(self.folder), hint=hint)
        return found

    def told(self, partitions: Mapping[Path, str]) -> dict[str, str]:
        """The shards of each partition, in words."""
        found: dict[str, str] = {}
        for partition in ORDER:
            own = [within for within, tar in self.tars.items() if partitions.get(tar) == partition]
            if own:
                found[partition] = own[0] if len(own) == 1 else f"{own[0]} to {own[-1]}"
        return found

    @property
    def beside(self) -> list[str]:
        """Files beside them that nobody reads."""
        if not self.folder.is_dir():
            return []
        there = [entry.name for entry in entries(self.folder) if not is_folder(entry) and not _is_tar(entry)]
        return [printable(name) for name in strangers(there) if name not in (*NAMES, *MASK_NAMES, *BOX_NAMES)]


def _tars(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        if folder.suffix.lower() == ENDING and folder.is_file():
            yield printable(folder.name), folder
        return
    for entry in entries(folder):
        if not is_folder(entry) and _is_tar(entry):
            yield printable(entry.name), Path(entry.path)
        elif is_folder(entry) and entry.name.lower() in PARTITION_NAMES:
            for child in entries(Path(entry.path)):
                if not is_folder(child) and _is_tar(child):
                    yield f"{printable(entry.name)}/{printable(child.name)}", Path(child.path)


def _is_tar(entry: Entry) -> bool:
    return entry.name.lower().endswith(ENDING)
