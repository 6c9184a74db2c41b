"""What a dataset's folder holds: its samples, what is true of each, and the names that their truths speak of."""

from dataclasses import dataclass, field
from pathlib import Path

from nnlab.core.truth import Label, Truth
from nnlab.core.types import Pixels, Stored


@dataclass(frozen=True, slots=True)
class Sample:
    """One image of a dataset: a file, or a row of an array.

    Options:  number: its place in the order of the set, from 0.  path: the file that it is, or that its array lies in.
              source: its path within the dataset, as text; with the number of its row: `images.npz#12`.
              truth: what is true of it.
              partition: the one in whose folder it lies; None where the dataset has no folders of partitions.
              rows, row: the pictures of the array that it is a row of, and which row; None of a file.
              group: what it belongs together with, so that no split parts them; None: nothing.
              moment: of a frame of a video, the second that it is shown at; None of a picture.
    """

    number: int
    path: Path
    source: str
    truth: Truth
    partition: str | None = None
    rows: Stored | None = field(default=None, compare=False, repr=False)
    row: int = field(default=0, compare=False, repr=False)
    group: str | None = None
    moment: float | None = None

    @property
    def pixels(self) -> Pixels | None:
        """(height, width, channels) uint8 of a row, read now where it lies on disk; None of a file."""
        return None if self.rows is None else self.rows[self.row]


@dataclass(frozen=True)
class Source:
    """What a dataset's folder holds, or what was selected of it.

    Options:  names: of classes, whose places labels are, in natural order (9 before 10); of what is measured.
              samples: of class folders class by class; where partitions have folders of their own, those in turn.
              partitions: the folders' names ("train"), or the arrays', by partition; empty where there are none.
              left_out: files that are no images by their names, and images that lie beside the classes.
              notes: what else a user should be told of it, a line each.
    """

    folder: Path
    names: tuple[str, ...]
    samples: tuple[Sample, ...]
    partitions: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def arrays(self) -> bool:
        """Whether the samples are rows of arrays."""
        return bool(self.samples) and self.samples[0].rows is not None

    def told(self, partition: str) -> str:
        """The folder, the array or the tar files that a partition is."""
        name = self.partitions[partition]
        return name if self.arrays or name.endswith(".tar") else f"{name}/"

    @property
    def labelled(self) -> bool:
        """Whether every sample is of one class, so that the names are classes to tell apart."""
        return all(isinstance(sample.truth, Label) for sample in self.samples)
