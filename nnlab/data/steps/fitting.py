"""What the steps share that give every image one size, that cut, or that fill what was not there."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.data.images.base import ImageSpec
from nnlab.data.images.pillow_resize import Interpolation
from nnlab.data.luma import luma
from nnlab.data.steps.base import PlacingStep

GREY = (114, 114, 114)
"""The colour of bars where none is said, as YOLO has it: that of a picture of which little is known."""


@dataclass(kw_only=True, eq=False)
class OneSizeStep(PlacingStep):
    """A step whose result has the same size whatever came in, and that leaves an image of that size as it is."""

    size: tuple[int, int] = option((110, 110), "width, height in pixels", low=1, high=10_000, pair=True)

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """The size that was asked for."""
        return ImageSpec(width=self.size[0], height=self.size[1], channels=spec.channels)

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether there is nothing to do."""
        return (spec.width, spec.height) == self.size


@dataclass(kw_only=True, eq=False)
class FittingStep(OneSizeStep):
    """A step that scales every image to one size."""

    interpolation: Interpolation = option("auto", "how pixels are made; auto: lanczos to shrink, cubic to grow")

    @property
    def scaled(self) -> tuple[int, int]:
        """The least size that the whole image is scaled to."""
        return self.size


def refuse_smaller(spec: ImageSpec, size: tuple[int, int], name: str, *, padding: int = 0) -> None:
    """Raises DataError: for an image that, with its padding, is smaller than a crop."""
    width, height = spec.width + 2 * padding, spec.height + 2 * padding
    if width < size[0] or height < size[1]:
        padded = f", {width} x {height} with padding," if padding else ""
        what = f"is {spec.width} x {spec.height}{padded} when it comes to {name}, whose crop is {size[0]} x {size[1]}"
        raise DataError(what, hint="use a smaller crop or a larger --resize")


def colour_of(colour: tuple[int, int, int], channels: int) -> tuple[int, ...]:
    """A colour as pixels of that many channels have it: grey by its brightness, opaque."""
    if channels == 1:
        return (int(luma(np.array([[colour]], np.uint8))[0, 0]),)
    return (*colour, 255)[:channels]
