"""Preprocessing: what is done to a picture before a network sees it, as the papers and the zoos describe it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.core.component import Component, option
from nnlab.core.errors import UsageError
from nnlab.core.placement import Placement
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.fits import Fit, fitting_step
from nnlab.data.steps.fitting import FittingStep
from nnlab.data.steps.remove_alpha import RemoveAlpha

Layout = Literal["NCHW", "NHWC", "flat"]
Channels = Literal["rgb", "bgr", "grey"]

EXPORTED_KEY = "preprocessing"
"""Where a file that `nnlab export` wrote says in its metadata how it is fed."""


@dataclass(kw_only=True, eq=False)
class Preprocessing(Component):
    """How a picture becomes a network's input.

    x = low + (high - low) p / m;  y = (x - mean) / std        p: pixels 0..255; m: 255, or the picture's largest value

    What is transparent is blended over white first, as in training.

    Shapes:  result: (1, channels, height, width), (1, height, width, channels) or (1, features)
    Options:  mean, std: one number for each channel, in the order of `channels`, or one for all; none: 0 and 1.
    """

    resize: tuple[int, int] = option(
        (224, 224), "width,height that the network takes, in pixels", low=1, high=10_000, pair=True
    )
    fit: Fit = option("stretch", "how it gets that size: stretched, whole with grey bars, or cut at two sides")
    crop_share: float = option(1.0, "share of the shorter side that a crop shows", above=0, high=1)
    channels: Channels = option("rgb", "order of the colours")
    range: tuple[float, float] = option((0.0, 1.0), "what black and white become", metavar="LOW,HIGH")
    mean: tuple[float, ...] = option((), "taken off each channel, after --range")
    std: tuple[float, ...] = option((), "what each channel is divided by, after --mean")
    divide_by_maximum: bool = option(False, "white is the picture's own largest value")
    layout: Layout = option("NCHW", "order of the axes")

    def __post_init__(self) -> None:
        super().__post_init__()
        count = 1 if self.channels == "grey" else 3
        for name in ("mean", "std"):
            if len(numbers := getattr(self, name)) not in (0, 1, count):
                some = "1 number" if count == 1 else f"1 or {count} numbers"
                what = f"must be {some} for {self.channels} pictures, got {len(numbers)}"
                raise UsageError(what, where=f"Preprocessing.{name}")
        if any(number == 0 for number in self.std):
            raise UsageError("divides by 0", where="Preprocessing.std")
        if self.crop_share != 1 and self.fit != "crop":
            raise UsageError("counts with --fit=crop alone", where="Preprocessing.crop_share")
        if self.range[0] >= self.range[1]:
            low, high = self.range
            raise UsageError(f"HIGH must be above LOW, got {low:g},{high:g}", where="Preprocessing.range")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its result."""
        (width, height), count = self.resize, 1 if self.channels == "grey" else 3
        if self.layout == "flat":
            return 1, height * width * count
        return (1, height, width, count) if self.layout == "NHWC" else (1, count, height, width)

    @property
    def _step(self) -> FittingStep:
        return fitting_step(self.fit, self.resize, share=self.crop_share)

    def placement(self, image: Image, lib: ImageLibrary) -> Placement:
        """Where the picture's pixels are in what the network takes."""
        return self._step.place(image, lib)

    def pixels(self, image: Image, lib: ImageLibrary) -> Pixels:
        """The pixels that the input is made of, (height, width, channels) uint8, red first."""
        sized = self._step.apply(RemoveAlpha().apply(image, lib), lib)
        return lib.pixels(lib.grayscale(sized) if self.channels == "grey" else sized)

    def input(self, pixels: Pixels) -> Array:
        """They as the network takes them, in float32."""
        if self.channels == "bgr":
            pixels = pixels[:, :, ::-1]
        low, high = self.range
        white = max(int(pixels.max()), 1) if self.divide_by_maximum else 255
        x: Array = np.multiply(pixels, (high - low) / white, dtype=np.float32)
        x += np.float32(low)
        if self.mean:
            x -= np.asarray(self.mean, np.float32)
        if self.std:
            x /= np.asarray(self.std, np.float32)
        if self.layout == "NCHW":
            x = x.transpose(2, 0, 1)
        return np.ascontiguousarray(x).reshape(self.shape)
