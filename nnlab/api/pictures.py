"""What a program gives as pictures: paths, Pillow's images, arrays, several of them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.folders import DATASETS
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.images.pillow_picture import is_pillow, pillow_pixels
from nnlab.data.pictures import Picture
from nnlab.data.pictures import pictures as named
from nnlab.data.readers.shared.pixels import CHANNELS, Extent, in_unit, pixels_of, refuse_doubtful

HINT = "pass a path, a Pillow image, an array (height x width, or with 1, 3 or 4 channels), or a list of these"


@dataclass(frozen=True, eq=False)
class Given:
    """One picture.

    Options:  source: what it is called; None for an array.
    """

    picture: Picture | Pixels
    source: str | None = None

    def decoded(self, library: ImageLibrary, wanted: tuple[int, int] | None) -> Image:
        """The picture as a library has it. Raises DataError, ResourceError: naming it, when it cannot be."""
        if not isinstance(self.picture, Picture):
            return library.from_array(self.picture)
        try:
            return self.picture.decoded(library, wanted)
        except DataError as error:
            raise DataError(error.what, where=self.picture.source, hint=error.hint) from error


def given(pictures: Any) -> tuple[list[Given], bool]:
    """Every picture that is meant, and whether it is one alone: a path of a file, an image, an array of one picture.

    A folder, or a dataset's name, means all that lie in it. An array of 4 axes, and one of 3 whose last is none of
    channels, is of several pictures.

    Raises:  DataError: what is no picture, naming it.
    """
    if isinstance(pictures, (str, os.PathLike)):
        found = list(_of_path(pictures))
        return found, len(found) == 1 and not Path(pictures).is_dir()
    if is_pillow(pictures):
        return [Given(pillow_pixels(pictures), str(getattr(pictures, "filename", "")) or None)], True
    if isinstance(pictures, Sequence) and not isinstance(pictures, (bytes, bytearray)) and not _is_numbers(pictures):
        return [one for each in pictures for one in given(each)[0]], False
    if isinstance(pictures, Iterator):
        return [one for each in pictures for one in given(each)[0]], False
    return _of_array(pictures)


def _is_numbers(values: Sequence[Any]) -> bool:
    """Whether lists in lists are one picture, as a program may write it down."""
    return bool(values) and isinstance(values[0], Sequence) and not isinstance(values[0], str)


def _of_path(path: str | os.PathLike[str]) -> Iterator[Given]:
    for picture in named([os.fsdecode(path)], DATASETS):
        yield Given(picture, picture.source)


def _of_array(values: Any) -> tuple[list[Given], bool]:
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise DataError(f"cannot be an array ({error})", where="a picture", hint=HINT) from error
    if array.dtype.kind not in "buif" or array.ndim not in (2, 3, 4):
        what = f"has the shape {_shape(array)} of {array.dtype}" if array.ndim else f"is a {type(values).__name__}"
        raise DataError(what, where="a picture", hint=HINT)
    alone = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in CHANNELS)
    batch: Array = array[None] if alone else array
    name = "the picture" if alone else "the array"
    extent = Extent.of(batch.dtype, [batch])
    refuse_doubtful([extent], name, where="predict")
    pixels = pixels_of(batch, name, where="predict", unit=in_unit([extent]))
    return [Given(each) for each in pixels], alone


def _shape(array: Array) -> str:
    return " x ".join(map(str, array.shape))
