"""How far pictures are from those that they ought to be."""

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from nnlab.core.pictures import Picture, values_of
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric
from nnlab.metrics.together import once


@dataclass(kw_only=True, eq=False)
class PixelError(Metric, ABC):
    """A figure of the squared differences of pixels, which are 0 for black and 1 for white.

    Shapes:  answers, truths: pictures (samples, values)
    """

    judges: ClassVar[type[Truth]] = Picture

    total: float = field(init=False, repr=False, default=0.0)
    count: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        """Forgets every batch."""
        self.total, self.count = 0.0, 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Adds one batch."""
        if not len(answers):
            return
        off = once(squares, answers, truths, lambda: squares(answers, truths))
        self.total += float(off.sum())
        self.count += off.size

    @property
    def mean(self) -> float:
        """The mean square; NaN before the first sample."""
        return self.total / self.count if self.count else float("nan")


@METRICS.register
@dataclass(kw_only=True, eq=False)
class PictureError(PixelError):
    """The mean squared difference of pixels.  MSE = mean (answer - truth)^2, of values 0 to 1"""

    also_called = ("MSE", "PixelMSE", "ReconstructionError")

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    key: ClassVar[str] = "mse"
    title: ClassVar[str] = "MSE"

    def compute(self) -> float:
        """At least 0; NaN before the first sample."""
        return self.mean

    def shares(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """The mean square of each picture: all have as many pixels."""
        shares: Array = squares(answers, truths).mean(axis=1)
        return shares


@METRICS.register
@dataclass(kw_only=True, eq=False)
class PeakSignalToNoise(PixelError):
    """The same on the scale that pictures are judged by.  PSNR = 10 log10(1 / MSE), in decibel, of all pixels together

    20 dB is an error of a tenth of white, 40 dB of a hundredth; without any error it is infinite.
    """

    also_called = ("PSNR",)

    best: ClassVar[float] = float("inf")
    key: ClassVar[str] = "psnr"
    title: ClassVar[str] = "PSNR"
    unit: ClassVar[str] = "dB"

    def compute(self) -> float:
        """NaN before the first sample."""
        return decibel(self.mean)


def squares(answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
    """(answer - truth)^2 of every value.  Shapes:  result: (samples, values), float64"""
    off = values_of(answers).astype(np.float64) - values_of(truths)
    found: Array = np.square(off, out=off)
    return found


def decibel(mse: float) -> float:
    """10 log10(1 / MSE)"""
    return float("inf") if mse == 0 else float(-10 * np.log10(mse))
