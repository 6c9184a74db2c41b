"""Blur."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array, Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep
from nnlab.data.values import rounded

REACH = 3
"""Standard deviations that the kernel goes to each side."""


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Blur(RandomPixelStep):
    """Gaussian blur: each value becomes the weighted mean of those around it.

    y[i, j] = sum_ab g_a g_b x[i + a, j + b],  g_a = e^(-a^2 / (2 s^2)) / sum_b e^(-b^2 / (2 s^2)),  |a|, |b| <= 3 s

    s is drawn evenly from sigma. Beyond its edges the image goes on mirrored, the outermost pixels not repeated.

    Source:  as torchvision's gaussian_blur, with a kernel of 2 ceil(3 s) + 1.
    """

    also_called = ("GaussianBlur",)

    sigma: tuple[float, float] = option(
        (0.1, 1.5), "least and greatest standard deviation, in pixels; 0 for none", low=0, high=50, ordered=True,
        neutral=0,
    )  # fmt: skip

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        sigma = float(chance.uniform(*self.sigma))
        return pixels if sigma < 0.15 else blurred(pixels, sigma)  # below: neighbours weigh less than 1e-9


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    """The blurred image.  Shapes:  pixels and result: (height, width, channels), uint8"""
    reach = math.ceil(REACH * sigma)
    weights = np.exp(np.arange(reach + 1) ** 2 / (-2 * sigma**2))
    weights = (weights / (2 * weights.sum() - 1)).astype(np.float32)
    height, width, channels = pixels.shape
    values = _along(pixels.reshape(height, width * channels), weights).reshape(height, width, channels)
    return rounded(_along(values.swapaxes(0, 1), weights).swapaxes(0, 1))


def _along(values: Array, weights: Array) -> Array:
    """The weighted mean along the first axis.  Shapes:  values: (length, ...); weights: (reach + 1,)"""
    length, reach = len(values), len(weights) - 1
    padded = values[_mirrored(length, reach)].astype(np.float32, copy=False)
    total: Array = padded[reach : reach + length] * weights[0]
    pair = np.empty_like(total)
    for away in range(1, reach + 1):
        np.add(padded[reach - away : reach - away + length], padded[reach + away : reach + away + length], out=pair)
        pair *= weights[away]
        total += pair
    return total


def _mirrored(length: int, reach: int) -> Array:
    """Which of `length` places stands at each of -reach to length + reach - 1."""
    if length == 1:
        return np.zeros(1 + 2 * reach, np.intp)
    turn = 2 * (length - 1)
    places = np.arange(-reach, length + reach) % turn
    return np.minimum(places, turn - places)
