"""Images made larger or smaller."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.resample import matrix_of, resample, turned
from nnlab.kernels.resizing import CUBIC_A, Axis, filtered, points
from nnlab.layers.base import LAYERS, Example, Layer
from nnlab.layers.reach import Reach
from nnlab.layers.windows import Sides, image_of, sides

Scale = float | tuple[float, float]
"""One number for both axes of an image, or one for its height and one for its width."""


class Resampling(NamedTuple):
    """What happens along one axis.

    Options:  axis: counted with the batch.  back_places, back_weights: those of the gradient.
    Shapes:  places, weights: (out, taps); back_places, back_weights: (size, taps)
    """

    axis: int
    places: Array
    weights: Array
    back_places: Array
    back_weights: Array

    @property
    def matrix(self) -> Array:
        """(out, size): y = matrix x along the axis."""
        return matrix_of(self.places, self.weights, len(self.back_places))


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Resize(Layer):
    """An image of another size: every pixel is a weighted sum of the few that lie around its place in the input.

    y[n, i, j, c] = sum over a, b of u[i, a] v[j, b] x[n, a, b, c]         u and v say which rows, and which columns

    Pixel i of the output lies at p in the input:
        half_pixel      p = (i + 1/2) size / out - 1/2              pixels are areas, whose edges meet
        align_corners   p = i (size - 1) / (out - 1)                the middles of the outermost pixels meet
        asymmetric      p = i size / out                            the middles of the first pixels meet
    nearest takes the pixel nearest to p, the later of two (asymmetric: the last that is not after p), bilinear the two
    around p, cubic four. What lies beyond the edge is as the pixel at the edge.

    Shapes:  x: (batch, height, width, channels); y: (batch, *out, channels), out: `size`, or floor(height scale) and
             floor(width scale)
    Gradient:  dx[n, a, b, c] = sum over i, j of u[i, a] v[j, b] dy[n, i, j, c]
    Options:  scale, size: one of them: a factor, or (height, width); one number for both axes, or one for each.
              mode: nearest, bilinear or cubic.  coordinates: where pixels lie.
    Raises:  UsageError: scale and size, or neither.  ShapeError: not an image; a scale that leaves nothing of it.
    Source:  Keys, "Cubic convolution interpolation for digital image processing", 1981 (cubic, with a = -0.75).
    """

    also_called = ("Upsample", "UpSampling2D", "Interpolate")

    scale: Scale | None = option(None, "factor by which height and width grow", above=0)
    size: Sides | None = option(None, "height and width of the output", low=1)
    mode: Literal["nearest", "bilinear", "cubic"] = option("nearest", "how pixels between pixels are made")
    coordinates: Literal["half_pixel", "align_corners", "asymmetric"] = option("half_pixel", "where pixels lie")
    axes: tuple[Axis, Axis] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.scale is None) == (self.size is None):
            given = "neither" if self.scale is None else "both"
            raise UsageError(f"Resize takes a scale or a size, and got {given}", where="Resize.scale")

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Says height and width before and after."""
        *size, channels = image_of(in_shapes, "Resize")
        out = self._out((size[0], size[1]))
        height, width = (Axis(size=n, out=o, scale=o / n) for n, o in zip(size, out, strict=True))
        self.axes = height, width
        return (*out, channels)

    def _out(self, size: tuple[int, int]) -> tuple[int, int]:
        if self.size is not None:
            return sides(self.size)
        assert self.scale is not None
        scales = self.scale if isinstance(self.scale, tuple) else (self.scale, self.scale)
        out = int(size[0] * scales[0]), int(size[1] * scales[1])
        if 0 in out:
            raise ShapeError(f"a scale of {self.scale} leaves nothing of {size[0]}x{size[1]}", where="Resize.scale")
        return out

    @property
    def steps(self) -> tuple[Resampling, ...]:
        """What happens along which axes: first what makes the image smaller, and of two the last."""
        changed = [(i, axis) for i, axis in enumerate(self.axes, start=1) if axis.size != axis.out]
        changed.sort(key=lambda found: (found[1].scale, -found[0]))
        return tuple(_resampling(i, axis, self.mode, self.coordinates) for i, axis in changed)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, None]:
        """y; backward needs nothing of it."""
        (y,) = xs
        for step in self.steps:
            y = resample(y, step.axis, step.places, step.weights, ctx.empty)
        return y, None

    def backward(self, dy: Array, cache: None, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = dy
        for step in reversed(self.steps):
            dx = resample(dx, step.axis, step.back_places, step.back_weights, ctx.empty)
        return (dx,)

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach:
        """As many pixels as are summed up, as far apart as the output's lie in the input."""
        taps = {"nearest": 1, "bilinear": 2, "cubic": 4}[self.mode]
        return Reach(tuple(min(axis.size, taps) for axis in self.axes), tuple(map(self._apart, self.axes)))

    def _apart(self, axis: Axis) -> Fraction:
        if self.coordinates == "align_corners" and axis.size > 1 and axis.out > 1:
            return Fraction(axis.size - 1, axis.out - 1)
        return Fraction(axis.size, axis.out)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Every mode with every kind of coordinates: larger, smaller, fractions, one axis alone, a single pixel."""
        image, modes = ((5, 4, 2),), ("nearest", "bilinear", "cubic")
        sizes: tuple[dict[str, Scale | Sides], ...] = (
            {"scale": 2.0}, {"size": (3, 7)}, {"scale": (0.5, 1.7)}, {"size": (5, 1)},
        )  # fmt: skip
        kinds = ("half_pixel", "align_corners", "asymmetric")
        return tuple(
            ({**size, "mode": mode, "coordinates": kind}, image)
            for mode, kind, size in zip(modes * 4, (k for k in kinds for _ in range(4)), sizes * 3, strict=True)
        )


@lru_cache(maxsize=256)
def _resampling(number: int, axis: Axis, mode: str, coordinates: str) -> Resampling:
    if mode == "nearest":
        places = _nearest(axis.size, axis.out, coordinates)[:, np.newaxis]
        weights = np.ones(places.shape)
    else:
        kind = "linear" if mode == "bilinear" else mode
        at = points(axis, coordinates)
        places, weights = filtered(at, axis, kind, a=CUBIC_A, antialias=False, exclude_outside=False)
    return Resampling(number, places, weights, *turned(places, weights, axis.size))


def _nearest(size: int, out: int, coordinates: str) -> Array:
    """floor(p + 1/2), for asymmetric floor(p), in whole numbers: half a pixel is exactly that."""
    i = np.arange(out)
    if coordinates == "half_pixel":
        return (2 * i + 1) * size // (2 * out)
    if coordinates == "asymmetric":
        return i * size // out
    return (2 * i * (size - 1) + out - 1) // max(1, 2 * (out - 1))
