"""Hue."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array, Pixels
from nnlab.data.steps.base import STEPS, RandomPixelStep
from nnlab.data.values import rounded


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Hue(RandomPixelStep):
    """Turns all colours about the colour circle by an angle; each pixel keeps its saturation and its value (of HSV).

    V = max(R, G, B),  C = V - min(R, G, B),  h = hue + angle / 60, in sixths of the circle, from 0 to 6
    R' = V - C (1 - clip(|h - 3| - 1)),  G' = V - C (1 - clip(2 - |h - 2|)),  B' = V - C (1 - clip(2 - |h - 4|))

    with clip to 0..1. The angle is drawn evenly from -max_degrees to max_degrees. A grey image stays as it is.

    Source:  Smith, "Color gamut transform pairs", 1978; as torchvision's adjust_hue of tensors, whose 1 is 360 degrees.
    """

    also_called = ("ColorJitter",)

    max_degrees: float = option(18.0, "greatest angle on the colour circle; 0 for none", low=0, high=180, neutral=0)

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        degrees = float(chance.uniform(-self.max_degrees, self.max_degrees))
        return pixels if pixels.shape[2] == 1 or degrees == 0 else turned(pixels, degrees)


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """The pixels with all hues turned by an angle.  Shapes:  pixels and result: (height, width, 3), uint8"""
    colours = np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32)
    value = colours.max(axis=0)
    chroma = value - colours.min(axis=0)
    hue = _hue(colours, value, chroma)
    hue += np.float32(degrees / 60)
    hue -= 6 * np.floor(hue * np.float32(1 / 6))
    for channel, middle, sign in ((0, 3, -1), (1, 2, 1), (2, 4, 1)):
        missing = np.abs(hue - middle)  # of the channel's share of the chroma
        missing -= 1
        missing *= sign
        missing += sign == -1
        np.minimum(np.maximum(missing, 0, out=missing), 1, out=missing)
        missing *= chroma
        np.subtract(value, missing, out=colours[channel])
    return np.ascontiguousarray(rounded(colours).transpose(1, 2, 0))


def _hue(colours: Array, value: Array, chroma: Array) -> Array:
    """In sixths of the circle, from -1 to 5; of a grey pixel, which has none, any."""
    red, green, blue = colours
    share = 1 / np.maximum(chroma, 1)
    hue: Array = 4 + (red - green) * share
    np.copyto(hue, 2 + (blue - red) * share, where=value == green)
    np.copyto(hue, (green - blue) * share, where=value == red)
    return hue
