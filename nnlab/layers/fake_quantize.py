"""Values rounded as integers of 8 bits would hold them, in training already."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.parameter import Buffer, NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.quantize import Grid, grid_over, held_between, rounded
from nnlab.layers.base import LAYERS, Layer


class Rounding(NamedTuple):
    """What backward and `observe` need of a forward pass.  Options:  seen: the range as moved; None where it stays."""

    x: Array
    grid: Grid | None
    seen: Array | None


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class FakeQuantize(Layer):
    """Every value as the nearest of 256 that lie evenly over a range, which holds 0; what lies beyond is cut off.

    scale = (high - low) / 255;  zero = round(-low / scale);  q = min(max(round(x / scale) + zero, 0), 255)
    y = scale (q - zero)
    range = momentum range + (1 - momentum) (min x, max x)      of (low, high), in training, before it is used

    The first batch gives the range itself, and until then nothing is rounded. In evaluation the range stays. Rounding
    takes the even one of two equally near numbers.

    Shapes:  x, y: (batch, ...); range: (2,)
    Gradient:  dx = dy where x is not cut off, else 0: the straight-through estimate, which takes round(x) for x. A
               gradient check differentiates just that: the difference that rounding made is held while x moves.
    Options:  momentum: share of the range that is kept each step.
    Source:  Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
             inference", 2018; Bengio, Léonard and Courville, "Estimating or propagating gradients through stochastic
             neurons", 2013.
    """

    also_called = ("QuantStub", "FakeQuant", "QuantizeLinear")
    in_steps: ClassVar[bool] = True

    momentum: float = option(0.9, "share of the range that is kept each step", low=0, below=1)
    range: Buffer = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes range (2,): low and high, both 0 until something was seen."""
        self.range = new.buffer("range", (2,), 0.0)
        return in_shapes[0]

    def moved(self, x: Array) -> Array:
        """The range as a batch moves it."""
        now = np.array([x.min(), x.max()], x.dtype)
        there = self.range.value
        return now if not there.any() else there * there.dtype.type(self.momentum) + now * (1 - self.momentum)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Rounding]:
        """y; x, the grid and the range as it moves."""
        (x,) = xs
        if ctx.held is not None and ctx.node in ctx.held:
            return self._forward_held(x, ctx)
        seen = self.moved(x).astype(x.dtype) if ctx.training else None
        grid = grid_over(*(self.range.value if seen is None else seen))
        y = ctx.empty(x.shape, x.dtype)
        if grid is None:
            np.copyto(y, x)
        else:
            rounded(x, grid, out=y)
        if ctx.held is not None:
            ctx.held[ctx.node] = (grid, y - _cut(x, grid))
        return y, Rounding(x, grid, seen)

    def _forward_held(self, x: Array, ctx: Context) -> tuple[Array, Rounding]:
        """y = cut(x) + what rounding added to the first x, by the grid that it had: of this dx is the derivative."""
        grid, apart = ctx.held[ctx.node]  # type: ignore[index]
        return _cut(x, grid) + apart, Rounding(x, grid, None)

    def backward(self, dy: Array, cache: Rounding, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        if cache.grid is None:
            return (dy,)
        return (held_between(dy, cache.x, *cache.grid.ends, out=ctx.empty(dy.shape, dy.dtype), empty=ctx.empty),)

    def observe(self, cache: Rounding) -> None:
        """The range moves; nothing after a pass in evaluation mode."""
        if cache.seen is not None:
            np.copyto(self.range.value, cache.seen)


def _cut(x: Array, grid: Grid | None) -> Any:
    return x if grid is None else np.clip(x, *grid.ends)
