"""Tar shards, as WebDataset has them: `0001.jpg` and `0001.cls` beside each other in files `train-000.tar`, ..."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.core.truth import NOTHING, Label, Truth
from nnlab.data.names import natural
from nnlab.data.options import DataOptions, Unlabelled
from nnlab.data.readers.base import READERS, Reader
from nnlab.data.readers.shared.arrays import MOST_CLASSES, names_in
from nnlab.data.readers.shared.faults import as_fault
from nnlab.data.readers.shared.member_labels import label_in
from nnlab.data.readers.shared.shard_files import NAMES, ORDER, ShardFiles
from nnlab.data.readers.shared.shard_keys import by_keys, kinds_in
from nnlab.data.source import Sample, Source
from nnlab.data.tars.members import index_of

_Picture = tuple[Path, str, str]
"""The shard, its path within the set, and the member's name."""


@READERS.register
@dataclass(kw_only=True, eq=False)
class TarShards(Reader):
    """A folder of tar files, or one of them, whose members of one key are one sample: `KEY.jpg` and `KEY.cls`.

    The class is the number or the name in `KEY.cls`; else what `KEY.json` has as `label`, `cls`, `class` or
    `class_name`; else the text of `KEY.txt`. What numbers are called may stand in `classes.txt` beside the shards. A
    shard whose name has `train`, `val` or `test` in it, or that lies in a folder of that name, is of that partition.
    Members are read where they lie; other files of a key (`KEY.wav`) are left out.

    Source:  "The WebDataset Format", github.com/webdataset/webdataset.
    """

    about: ClassVar[str] = "pictures and classes in tar shards"
    truth: ClassVar[type[Truth] | None] = Label
    packed: ClassVar[bool] = True

    unlabelled: Unlabelled = option("error", "what becomes of pictures that have no class")
    labelled: bool = option(True, "whether they have classes")

    def recognises(self, folder: Path) -> bool:
        """Whether there are tar shards of pictures that have classes, or of which nothing is said."""
        found = kinds_in(folder)
        return "class" in found or found == {"pictures"}

    def going_by(self, options: DataOptions) -> "TarShards":
        """What becomes of pictures that have no class."""
        return replace(self, unlabelled=options.unlabelled)

    def of_pictures(self) -> "TarShards":
        """The same, which asks for no class."""
        return replace(self, labelled=False)

    def find(self, folder: Path) -> Source:
        """The samples, shard by shard in natural order; of several partitions training, dev and test.

        Raises:  DataError: there are none, a shard is damaged or has what is no file, or a sample has no class.
        """
        files = ShardFiles.of(folder)
        if not files.tars:
            raise DataError("has no tar files", where=printable(folder))
        partitions = files.partitions()
        faults, left_out = list[DataError](), files.beside
        found, said = list[_Picture](), list[int | str]()
        for within, tar in sorted(files.tars.items(), key=lambda item: ORDER.index(partitions.get(item[1], ORDER[0]))):
            for picture, label in self._samples(within, tar, faults, left_out):
                found.append(picture)
                said.append(label)
        if faults:
            raise as_fault(faults, printable(folder))
        if not found:
            raise DataError("has no pictures in its tar files", where=printable(folder))
        names, truths = ((), [NOTHING] * len(said)) if not self.labelled else _classes(said, folder)
        samples = tuple(
            Sample(number, tar / member, f"{within}/{printable(member)}", truth, partitions.get(tar))
            for number, ((tar, within, member), truth) in enumerate(zip(found, truths, strict=True))
        )
        return Source(folder, names, samples, files.told(partitions), left_out=tuple(left_out))

    def _samples(
        self, within: str, tar: Path, faults: list[DataError], left_out: list[str]
    ) -> Iterator[tuple[_Picture, int | str]]:
        """Of each sample of a shard its picture and what is said of it.  Options:  faults, left_out: are added to."""
        index = index_of(tar)
        with open_file(tar) as file:
            for key, parts in by_keys(index, f"{within}/", left_out).items():
                if not self.labelled:
                    yield from (((tar, within, picture), "") for picture in parts.pictures)
                    continue
                if self.unlabelled == "skip" and not parts.said:
                    left_out += (f"{within}/{printable(picture)}" for picture in parts.pictures)
                    continue
                try:
                    yield (tar, within, parts.picture), label_in(file, [index[name] for name in parts.beside])
                except DataError as error:
                    faults.append(DataError(error.what, where=f"{printable(tar)}/{printable(key)}", hint=error.hint))


def _classes(said: Sequence[int | str], folder: Path) -> tuple[tuple[str, ...], list[Label]]:
    """The names of the classes, and the label of each sample.  Raises DataError: a number is no class's."""
    names = names_in(folder if folder.is_dir() else folder.parent, NAMES)
    numbers = [each for each in said if isinstance(each, int)]
    if len(numbers) < len(said) or names is None:
        if len(numbers) == len(said):
            known = [str(number) for number in sorted(set(numbers))]
        else:  # one that is a word makes words of all
            known = sorted({str(each) for each in said}, key=natural)
        if len(known) > MOST_CLASSES:
            what = f"has {len(known):,} classes that differ (at most {MOST_CLASSES:,})"
            raise DataError(what, where=printable(folder))
        labels = {name: Label(place) for place, name in enumerate(known)}
        return tuple(map(printable, known)), [labels[str(each)] for each in said]
    if beyond := [number for number in numbers if not 0 <= number < len(names)]:
        hint = f"its {len(names)} classes are 0 to {len(names) - 1}"
        raise DataError(f"has the class {beyond[0]}, which has no name", where=printable(folder), hint=hint)
    every = [Label(place) for place in range(len(names))]
    return tuple(map(printable, names)), [every[number] for number in numbers]
