"""What readers share whose truths lie beside the pictures: in a table, or in a file for each."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import Truth
from nnlab.data.left_out import first_of
from nnlab.data.names import natural
from nnlab.data.options import DataOptions, Unlabelled
from nnlab.data.readers.base import Reader
from nnlab.data.readers.shared.faults import as_fault
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.source import Sample, Source


@dataclass
class Said:
    """What tables and files say of pictures, by their paths within the folder.

    Options:  names: what truths speak of.  truths: of the pictures of which all is sound.
              named: pictures that something is said of, sound or not.  faults: what is wrong, in the order of lines.
              groups: what pictures belong together with, where that is known.  notes: what was left out.
              files: what it was read from, by paths within the folder, besides tables and folders of files.
    """

    names: tuple[str, ...] = ()
    truths: dict[str, Truth] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    faults: list[DataError] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: set[str] = field(default_factory=set)


@dataclass(kw_only=True, eq=False)
class Beside(Reader):
    """Truths beside pictures, which lie in the folder itself, in folders in it, or in `images/`. Where all lie in
    folders named `train`, `val`, `test` and their like, those are the partitions.

    Options:  tables: names of files that the reader reads, of picture_files.TABLES.
              folders: names of folders whose files it reads, of picture_files.BESIDE.
              lacks: what is said of a picture of which nothing is said: "has no line in targets.csv".
    """

    tables: ClassVar[tuple[str, ...]] = ()
    folders: ClassVar[tuple[str, ...]] = ()
    lacks: ClassVar[str]

    unlabelled: Unlabelled = option("error", "what becomes of pictures of which nothing is said")

    @abstractmethod
    def said(self, files: PictureFiles) -> Said:
        """What is said of the pictures, and all that is wrong with it.

        Raises:  DataError: when there is nothing to read it from.
        """

    @property
    def nothing(self) -> Truth | None:
        """What is true of a picture of which nothing is said (no boxes); None where there is no such truth."""
        return None

    def empty(self, picture: Path) -> Truth | None:
        """The same, of this picture, where that depends on its file."""
        return self.nothing

    def going_by(self, options: DataOptions) -> "Beside":
        """With what becomes of pictures of which nothing is said."""
        return replace(self, unlabelled=options.unlabelled)

    def recognises(self, folder: Path) -> bool:
        """Whether one of its tables, or folders of files, is there."""
        if any((folder / name).is_file() for name in self.tables):
            return True
        return any((folder / name).is_dir() for name in self.folders)

    def find(self, folder: Path) -> Source:
        """The pictures and what is said of them, in the natural order of their paths.

        Raises:  DataError, Faults: when there is nothing to read, and for all that is wrong.
        """
        files = self.files_of(folder)
        said = self.said(files)
        without = [name for name in files.pictures if name not in said.named and name not in said.truths]
        if said.faults and not (said.names or said.named):
            without = []  # nothing was read
        where = printable(folder / self.tables[0] if self.tables else folder)
        faults = [*files.faults, *said.faults, *self._unlabelled(said, files, without)]
        if faults:
            raise as_fault(faults, where)
        if not said.truths:
            raise DataError("of no picture anything is said", where=where)
        order = sorted(said.truths, key=natural)
        partitions = files.partitions(order)
        samples = tuple(
            Sample(
                number,
                files.all[name],
                printable(Path(name)),
                said.truths[name],
                files.partition_of(name, partitions),
                group=said.groups.get(name),
            )
            for number, name in enumerate(order)
        )
        return Source(
            folder, said.names, samples, partitions, _left_out(files, said), (*said.notes, *self._notes(without))
        )

    def files_of(self, folder: Path) -> PictureFiles:
        """What there is to find pictures in.  Raises DataError: there is nothing, or it cannot be read."""
        return PictureFiles.of(folder)

    def _unlabelled(self, said: Said, files: PictureFiles, without: list[str]) -> Iterator[DataError]:
        """Faults of pictures of which nothing is said; none where that may be."""
        if self.unlabelled == "skip":
            return
        empty = [self.empty(files.pictures[name]) for name in without]
        if self.unlabelled == "empty" and None not in empty:
            said.truths |= {name: truth for name, truth in zip(without, empty, strict=True) if truth is not None}
            return
        hint = "mend it, or leave such pictures out: --unlabelled=skip"
        hint += "" if None in empty else "; --unlabelled=empty: they show nothing"
        for name in without:
            yield DataError(self.lacks, where=printable(files.pictures[name]), hint=hint)

    def _notes(self, without: list[str]) -> tuple[str, ...]:
        if not without:
            return ()
        names = first_of([printable(Path(name)) for name in without])
        become = "left out" if self.unlabelled == "skip" else "taken as empty"
        one = len(without) == 1
        count = "1 picture" if one else f"{len(without):,} pictures"
        lacks = self.lacks if one else self.lacks.replace("has ", "have ", 1)
        return (f"{count} {lacks} and {'is' if one else 'are'} {become}: {names}",)


def _left_out(files: PictureFiles, said: Said) -> tuple[str, ...]:
    """Files that neither this reader nor another one expects where they lie."""
    own = files.all.keys() | said.files
    strange = files.strangers(name for name in files.files if name not in own)
    return tuple(printable(Path(name)) for name in sorted(strange, key=natural))
