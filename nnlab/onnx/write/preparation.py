"""The preparation of images as ONNX operators: what a file can do to an image of the right size itself.

The steps compute on whole numbers 0 to 255 kept in float64, rounded as the image steps round, so that their pixels are
the very same. Trim and the image library's own resizing stay outside.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.core.translations import Translations
from nnlab.core.types import Shape
from nnlab.data.images.base import ImageSpec
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import preparation_steps
from nnlab.data.scaling import UNIT, Scaling, fixed_scaling
from nnlab.data.steps.adaptive_invert import AdaptiveInvert
from nnlab.data.steps.base import ImageStep
from nnlab.data.steps.fitting import FittingStep
from nnlab.data.steps.grayscale import Grayscale
from nnlab.data.steps.minmax_normalize import MinmaxNormalize
from nnlab.onnx.write.building import Building

IMAGE = "image"
"""The name of the input that takes pixels."""

PIXELS = [1, 2, 3]
"""The axes of one image's values: height, width, channels."""

OnnxStep = Callable[..., str]
"""Called as translation(step, building, x, channels): adds the step's nodes; x, an image of so many channels, and the
result are float64 of whole numbers."""

ONNX_STEPS: Translations[OnnxStep] = Translations("image step", "onnx", group="nnlab.onnx_steps")
"""The steps that a graph can do, by their exact class."""

OLDEST_OPSET = 13
"""That has all that they need."""


@dataclass(frozen=True)
class Preparation:
    """How a run prepares its images, split into what a graph does and what comes before it.

    Options:  inside: steps that are written as operators.  outside: those before them.
              shape: of the image that the graph is given: (height, width, channels).
              scaling: how pixels become numbers.
    """

    inside: Sequence[ImageStep]
    outside: Sequence[ImageStep]
    shape: Shape
    scaling: Scaling = field(default=UNIT)

    @classmethod
    def of(cls, options: DataOptions, scaling: Scaling | None = None) -> "Preparation":
        """The split: everything after the last step that no graph can do.

        Options:  scaling: that of the run; None: as the options say.
        """
        steps = preparation_steps(options)
        first = max((i + 1 for i, step in enumerate(steps) if type(step) not in ONNX_STEPS), default=0)
        size = next(step.size for step in steps if isinstance(step, FittingStep))
        spec = ImageSpec(width=size[0], height=size[1], channels=3)
        for step in steps[:first]:
            spec = step.out_spec(spec)
        scaling = scaling or fixed_scaling(options) or UNIT
        return cls(steps[first:], steps[:first], (spec.height, spec.width, spec.channels), scaling)


def prepared(preparation: Preparation, building: Building) -> str:
    """Adds the nodes from the input `image` to the network's samples, (batch, height, width, channels).

    y = factor x + shift, x being the prepared pixels
    """
    x = building.cast(IMAGE, np.float64, name=f"{IMAGE}/pixels")
    height, width, channels = preparation.shape
    spec = ImageSpec(width=width, height=height, channels=channels)
    for step in preparation.inside:
        x = ONNX_STEPS.of(type(step))(step, building, x, spec.channels)
        spec = step.out_spec(spec)
    scaling = preparation.scaling
    x = building.cast(x, building.dtype, name=f"{IMAGE}/values")
    factor, shift = (np.squeeze(np.asarray(each, building.dtype)) for each in (scaling.factor, scaling.shift))
    x = building.add("Mul", x, building.store(f"{IMAGE}/factor", factor), name=f"{IMAGE}/scaled")
    if shift.any():
        x = building.add("Add", x, building.store(f"{IMAGE}/low", shift), name=f"{IMAGE}/shifted")
    return x


def number(building: Building, name: str, *values: float) -> str:
    """A stored float64 number, or several on the last axis."""
    return building.store(name, np.asarray(values if len(values) > 1 else values[0]), np.float64)


@ONNX_STEPS.register(Grayscale)
def grayscale(step: Grayscale, building: Building, x: str, channels: int) -> str:
    """y = floor((19595 R + 38470 G + 7471 B + 32768) / 65536), as the image step has it"""
    at = "grayscale"
    shares = building.store(f"{at}/shares", np.array([[19595], [38470], [7471]]), np.float64)
    luma = building.add("MatMul", x, shares, name=f"{at}/luma")
    up = building.add("Add", luma, number(building, f"{at}/half", 32768.0), name=f"{at}/up")
    whole = building.add("Div", up, number(building, f"{at}/whole", 65536.0), name=f"{at}/share")
    return building.add("Floor", whole, name=at)


@ONNX_STEPS.register(MinmaxNormalize)
def minmax_normalize(step: MinmaxNormalize, building: Building, x: str, channels: int) -> str:
    """y = round(f x - low f), f = 255 / (high - low) of each image; 1 where all its values are one"""
    at = "minmax_normalize"
    low = building.reduced("ReduceMin", x, PIXELS, name=f"{at}/low")
    high = building.reduced("ReduceMax", x, PIXELS, name=f"{at}/high")
    one, zero = number(building, f"{at}/one", 1.0), number(building, f"{at}/zero", 0.0)
    flat = building.add("Equal", low, high, name=f"{at}/flat")
    span = building.add("Sub", high, low, name=f"{at}/span")
    divisor = building.add("Where", flat, one, span, name=f"{at}/divisor")
    stretch = building.add("Div", number(building, f"{at}/full", 255.0), divisor, name=f"{at}/stretch")
    factor = building.add("Where", flat, one, stretch, name=f"{at}/factor")
    below = building.add("Mul", building.add("Neg", low, name=f"{at}/minus"), factor, name=f"{at}/below")
    offset = building.add("Where", flat, zero, below, name=f"{at}/offset")
    scaled = building.add("Mul", x, factor, name=f"{at}/scaled")
    return building.add("Round", building.add("Add", scaled, offset, name=f"{at}/shifted"), name=at)


@ONNX_STEPS.register(AdaptiveInvert)
def adaptive_invert(step: AdaptiveInvert, building: Building, x: str, channels: int) -> str:
    """y = 255 - x where the luma of pixel 0,0 is below 127.5"""
    at = "adaptive_invert"
    first = building.store(f"{at}/first", np.array([0]), np.int64)
    row = building.add("Gather", x, first, name=f"{at}/row", axis=1)
    corner = building.add("Gather", row, first, name=f"{at}/corner", axis=2)
    if channels == 1:
        luma = corner
    else:  # summed one after the other, as the image step does
        parts = []
        for place, share in enumerate((0.299, 0.587, 0.114)):
            channel = building.store(f"{at}/channel_{place}", np.array([place]), np.int64)
            value = building.add("Gather", corner, channel, name=f"{at}/value_{place}", axis=3)
            share_name = number(building, f"{at}/share_{place}", share)
            parts.append(building.add("Mul", value, share_name, name=f"{at}/part_{place}"))
        luma = building.add("Add", parts[0], parts[1], name=f"{at}/sum")
        luma = building.add("Add", luma, parts[2], name=f"{at}/luma")
    dark = building.add("Less", luma, number(building, f"{at}/middle", 127.5), name=f"{at}/dark")
    inverted = building.add("Sub", number(building, f"{at}/full", 255.0), x, name=f"{at}/inverted")
    return building.add("Where", dark, inverted, x, name=at)
