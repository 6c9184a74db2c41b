"""A fully connected layer."""

import math
from dataclasses import dataclass, field
from typing import ClassVar

from nnlab.core.component import option, required
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter, Parameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.product import add_product, matrix_product
from nnlab.kernels.sums import column_sums
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Dense(Layer):
    """Every output is a weighted sum of every input.

    y = x W + b

    Shapes:  x: (batch, in_features); W: (in_features, units); b: (units,); y: (batch, units)
    Gradient:  dW = xT dy;  db = sum over batch of dy;  dx = dy WT
    Options:  units: output width, at least 1.  bias: whether b is there (leave it out before BatchNorm, which adds
              its own).  initializer: draws W; b starts at zero.
    Raises:  ShapeError: if one sample of x is not a vector.
    """

    channel_axis: ClassVar[int] = -1

    units: int = required("output width", low=1)
    bias: bool = option(True, "whether a bias is added")
    initializer: str = option("GlorotNormal", "how the weights are drawn")
    weight: Parameter = field(init=False, repr=False)
    shift: Parameter | None = field(init=False, repr=False, default=None)  # b; `bias` says whether there is one

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes weight (in_features, units) and bias (units,)."""
        if len(in_shapes) != 1 or len(in_shapes[0]) != 1:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"Dense takes one vector per sample, got {got}", hint="put a Flatten before it")
        self.weight = new("weight", (in_shapes[0][0], self.units), self.initializer)
        self.shift = new("bias", (self.units,), "Zero", penalised=False) if self.bias else None
        return (self.units,)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        y = matrix_product(x, self.weight.value, out=ctx.empty((len(x), self.units), x.dtype), empty=ctx.empty)
        if self.shift is not None:
            y += self.shift.value
        return y, x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dW and db; dx."""
        x = cache
        add_product(self.weight, x.T, dy, empty=ctx.empty)
        if self.shift is not None:
            self.shift.add(column_sums(dy))
        if not ctx.needs_dx:
            return (None,)
        return (matrix_product(dy, self.weight.value.T, out=ctx.empty(x.shape, dy.dtype), empty=ctx.empty),)

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """One for every weight."""
        return math.prod(in_shapes[0]) * self.units

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """With and without bias, and a single unit."""
        return (
            ({"units": 4}, ((3,),)),
            ({"units": 4, "bias": False, "initializer": "Kaiming"}, ((3,),)),
            ({"units": 1}, ((1,),)),
        )
