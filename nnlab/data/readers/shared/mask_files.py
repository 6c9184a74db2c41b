"""A mask in a file of its own: what is seen of it, and how it is read."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import VOID, Mask, Truth
from nnlab.core.types import Array
from nnlab.data.given import Filed
from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.header import file_bytes, read_header
from nnlab.data.images.pillow_ids import ids_of
from nnlab.data.tars.members import tar_of

BINARY = ("0", "255")
"""What the classes of black and white masks are called."""


@dataclass(frozen=True, eq=False)
class MaskFile(Filed):
    """The class of every pixel, as a picture's values.

    Options:  classes: how many there are.  void: the value of pixels that count in nothing; None: none.
              binary: whether it is black and white, divided in the middle.
              counts: of values, and how many pixels have each, when it was looked at.
    """

    classes: int = 0
    void: int | None = None
    binary: bool = False
    counts: tuple[tuple[int, int], ...] = ()

    def read(self, encoded: bytes, lib: ImageLibrary) -> Mask:
        """Raises DataError: when it is no such picture, or has values of no class."""
        values = ids_of(encoded, lossy=self.binary)
        if self.binary:
            return Mask((values >= white_from(int(values.max(initial=0)))).astype(np.uint8))
        table = np.full(1 << 8 * values.dtype.itemsize, VOID, np.uint8)
        table[: self.classes] = np.arange(self.classes)
        known = np.zeros(len(table), bool)
        known[: self.classes] = True
        if self.void is not None and self.void < len(table):
            table[self.void], known[self.void] = VOID, True
        if not known[values].all():
            outside = np.unique(values[~known[values]])[:5].tolist()
            raise DataError(f"has the values {outside}, and classes are 0 to {self.classes - 1}")
        return Mask(table[values])


@dataclass(frozen=True, eq=False)
class Blank(Filed):
    """The first class everywhere, in a mask as large as the picture that the file is."""

    def read(self, encoded: bytes, lib: ImageLibrary) -> Mask:
        """Raises DataError: when the picture cannot be read."""
        spec = lib.spec(lib.decode(encoded))
        return Mask(np.zeros((spec.height, spec.width), np.uint8))


@dataclass(frozen=True)
class Seen:
    """What a mask's file holds.

    Options:  size: width and height.  counts: of values, rising, and how many pixels have each.
    """

    size: tuple[int, int]
    counts: tuple[tuple[int, int], ...] = ()

    @property
    def values(self) -> tuple[int, ...]:
        """Those that its pixels have."""
        return tuple(value for value, _ in self.counts)


def white_from(highest: int) -> int:
    """From which value on the pixels of a black and white mask are white.

    Options:  highest: of its values. White of 8 bits is 255, also where a file of 16 bits holds it.
    """
    return 1 << 7 if highest < 1 << 8 else 1 << 15


def seen(mask: Path, picture: Path, *, binary: bool) -> Seen | DataError:
    """What a mask holds, or what is wrong with it; looked at anew when a file has changed.

    Options:  picture: that it has to be as large as.  binary: as MaskFile has it.
    """
    try:
        return _seen(mask, picture, _state(mask), _state(picture), binary)
    except DataError as error:
        return DataError(error.what, where=printable(mask), hint=error.hint)


def _state(path: Path) -> tuple[int, int]:
    """Of a member of a tar file that of the whole file."""
    try:
        status = (tar_of(path) or path).stat()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})") from error
    return status.st_mtime_ns, status.st_size


@functools.lru_cache(maxsize=100_000)
def _seen(mask: Path, picture: Path, *state: object) -> Seen:
    values = ids_of(file_bytes(mask), lossy=bool(state[-1]))
    height, width = values.shape
    try:
        header = read_header(file_bytes(picture))
    except DataError:  # it is found bad when it is prepared
        return Seen((width, height), _counts(values))
    if (width, height) not in (
        (header.width, header.height),
        (header.height, header.width),
    ):  # which may lie on its side
        raise DataError(f"is {width} x {height} pixels, and its picture {header.width} x {header.height}")
    return Seen((width, height), _counts(values))


def _counts(values: Array) -> tuple[tuple[int, int], ...]:
    each, counts = np.unique(values, return_counts=True)
    return tuple(zip(each.tolist(), counts.tolist(), strict=True))


def pixels_of(truths: Sequence[Truth], classes: int) -> Array:
    """How many pixels of masks, read or looked at, are of each class.  Shapes:  result: (classes,), whole numbers"""
    total = np.zeros(classes, np.int64)
    for truth in truths:
        if isinstance(truth, Mask):
            total += np.bincount(truth.pixels[truth.pixels < classes], minlength=classes)
        elif isinstance(truth, MaskFile):
            white = white_from(max((value for value, _ in truth.counts), default=0))
            for value, count in truth.counts:
                place = int(value >= white) if truth.binary else value
                if place < classes and value != truth.void:
                    total[place] += count
    return total
