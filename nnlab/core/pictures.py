"""Pictures as truths and answers: what a network is to give is the picture itself."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, overload

import numpy as np

from nnlab.core.placement import Placement
from nnlab.core.truth import Truth
from nnlab.core.truths import Places, index_of, of_kind
from nnlab.core.types import Array, Pixels, Stored


@dataclass(frozen=True)
class Itself(Truth):
    """What is true of a picture is the picture, which is not read yet.

    Options:  like: what else is known of it (its class), by which a split deals evenly.
    """

    moves: ClassVar[bool] = False

    like: Hashable = None

    @property
    def stratum(self) -> Hashable:
        """What else is known of it."""
        return self.like

    def moved(self, placement: Placement) -> "Itself":
        """Itself: it is moved as a picture is."""
        return self

    def of_pixels(self, pixels: Pixels, lib: Any) -> "Original":
        """The picture, as it was prepared."""
        return Original(pixels, lib=lib)


@dataclass(frozen=True, eq=False)
class Picture(Truth):
    """A picture that a network gives.

    Shapes:  values: those of a picture in their order, (height, width, channels) or a row of as many; 0 to 1, or uint8
    Options:  given: the prepared picture that it was made of, (height, width, channels) uint8, where it is known.
    """

    moves: ClassVar[bool] = False

    values: Array
    given: Pixels | None = None

    def moved(self, placement: Placement) -> "Picture":
        """Itself: it is of the size that the network has."""
        return self

    def of_pixels(self, pixels: Pixels, lib: Any) -> "Picture":
        """The same, in the shape of what it was made of, beside which it can be looked at."""
        return replace(self, values=self.values.reshape(pixels.shape), given=pixels)

    @property
    def pixels(self) -> Pixels:
        """As it is looked at, clipped to what can be shown.  Shapes:  result: as the values, uint8"""
        if self.values.dtype == np.uint8:
            return self.values
        whole: Pixels = np.rint(255 * np.nan_to_num(self.values, nan=0.0).clip(0, 1)).astype(np.uint8)
        return whole


@dataclass(frozen=True, eq=False)
class Original(Picture):
    """A picture as it ought to be given: where augmentation moves pixels it moves too, and what augmentation does to
    the pixels themselves (noise, blur) leaves it as it is.

    Options:  lib: the image library that moves it, as it moves what the network sees.
    """

    moves: ClassVar[bool] = True

    lib: Any = None

    def moved(self, placement: Placement) -> "Original":
        """With its pixels where the placement takes them, drawn as those of any picture are."""
        image = placement.image(self.lib.image(self.values), self.lib)
        return replace(self, values=self.lib.pixels(image))


@dataclass(frozen=True, eq=False)
class Pictures(Sequence[Picture]):
    """Many pictures as one array, or as what lies on disk.

    Options:  places: those of the array that are meant, in their order; None: all.
              lib: of originals, what moves them; None: they are answers.
    Shapes:   images: (pictures, ...), uint8, or 0 to 1
    """

    images: Stored
    places: Array | None = None
    lib: Any = None

    def __len__(self) -> int:
        return len(self.images if self.places is None else self.places)

    def __iter__(self) -> Iterator[Picture]:
        return (self[place] for place in range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Picture: ...
    @overload
    def __getitem__(self, place: slice) -> "Pictures": ...
    def __getitem__(self, place: int | slice) -> "Picture | Pictures":
        if isinstance(place, slice):
            return self.take(place)
        values = self.images[place if self.places is None else self.places[place]]
        return Picture(values) if self.lib is None else Original(values, lib=self.lib)

    def take(self, places: Places) -> "Pictures":
        """Those at these places, in their order; no pixels are copied."""
        own = np.arange(len(self.images)) if self.places is None else self.places
        return replace(self, places=own[index_of(places)])

    def array(self) -> Array:
        """(pictures, ...)"""
        if self.places is None and isinstance(self.images, np.ndarray):
            return self.images
        read: Array = self.images[slice(None) if self.places is None else self.places]
        return read

    def held(self) -> "Pictures":
        """The same in memory."""
        return self if isinstance(self.images, np.ndarray) else Pictures(self.array(), lib=self.lib)


def values_of(pictures: Sequence[Truth]) -> Array:
    """The values of each, 0 to 1, in a row.  Shapes:  result: (pictures, values), float32 where they are pixels"""
    if isinstance(pictures, Pictures):
        whole = pictures.array()
    else:
        whole = np.stack([picture.values for picture in of_kind(pictures, Picture)])
    rows = whole.reshape(len(whole), -1)
    return rows if rows.dtype.kind == "f" else np.multiply(rows, np.float32(1 / 255), dtype=np.float32)


def of_prepared(truths: Sequence[Truth], images: Stored, places: Array, lib: Any) -> Sequence[Truth]:
    """What is true of pictures that were prepared: of those of which it is the picture itself, that.

    Shapes:  images: (all, height, width, channels) uint8; places: (truths,), which of them are theirs
    """
    if len(truths) and isinstance(truths[0], Itself):
        return Pictures(images, places, lib)
    return truths
