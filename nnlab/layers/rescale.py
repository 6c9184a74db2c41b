"""A fixed change of units."""

from dataclasses import dataclass, field

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import Buffer, NewParameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Rescale(Layer):
    """Numbers around 0 become numbers of the units that targets have (degrees), by factors that do not learn.

    y = spread x + centre

    So the layers before it work on values of the size that weights are drawn for, and what the network gives needs no
    reading. spread and centre are kept with the weights.

    Shapes:  x, y: (batch, ..., channels); spread, centre: (channels,)
    Gradient:  dx = spread dy
    Options:  spread: a factor for each channel, such as the targets' standard deviation; empty for 1.
              centre: what is added to each channel, such as the targets' mean; empty for 0.
    Raises:  ShapeError: when there are other numbers of them than channels.
    """

    spread: tuple[float, ...] = option((), "factor of each channel; empty for 1")
    centre: tuple[float, ...] = option((), "what is added to each channel; empty for 0")
    factor: Buffer = field(init=False, repr=False)
    shift: Buffer = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Keeps factor and shift (channels,)."""
        (shape,) = in_shapes
        for name in ("spread", "centre"):
            if len(getattr(self, name)) not in (0, *shape[-1:]):
                raise ShapeError(f"{name} has {len(getattr(self, name))} numbers for samples of {shape}", where=name)
        self.factor = new.buffer("factor", shape[-1:], self.spread or 1.0)
        self.shift = new.buffer("shift", shape[-1:], self.centre or 0.0)
        return shape

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, None]:
        """y; backward needs nothing of it."""
        (x,) = xs
        y = np.multiply(x, self.factor.value, out=ctx.empty(x.shape, x.dtype))
        y += self.shift.value
        return y, None

    def backward(self, dy: Array, cache: None, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        return (np.multiply(dy, self.factor.value, out=ctx.empty(dy.shape, dy.dtype)),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Rows and maps, with and without numbers."""
        return (
            ({}, ((3,),)),
            ({"spread": (2.0, 0.5, -1.0), "centre": (10.0, 0.0, 3.0)}, ((3,),)),
            ({"spread": (4.0, 0.25)}, ((3, 2, 2),)),
        )
