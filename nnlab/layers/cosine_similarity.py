"""Cosines between a sample and learnt directions."""

import math
from dataclasses import dataclass, field

import numpy as np

from nnlab.core.component import option, required
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter, Parameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.product import matrix_product
from nnlab.kernels.unit import lengths, unit_gradient
from nnlab.layers.base import LAYERS, Example, Layer

Cache = tuple[Array, Array, Array, Array]


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class CosineSimilarity(Layer):
    """How near a sample's direction is to that of each unit: a Dense layer of which lengths do not count.

    y_k = x . w_k / (|x| |w_k|)

    Shapes:  x: (batch, in_features); W: (in_features, units), a direction in each column; y: (batch, units), -1 to 1
    Gradient:  with u = x / |x|, V = W / |W| column by column: du = dy VT; dV = uT dy;
               dx = (du - u (u . du)) / |x|;  dw_k = (dv_k - v_k (v_k . dv_k)) / |w_k|
    Options:  units: how many directions.  initializer: draws W.
    Raises:  ShapeError: if one sample of x is not a vector.
    Source:  Wang et al., "NormFace: L2 Hypersphere Embedding for Face Verification", 2017.
    """

    units: int = required("output width", low=1)
    initializer: str = option("GlorotNormal", "how the weights are drawn")
    weight: Parameter = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes weight (in_features, units)."""
        if len(in_shapes) != 1 or len(in_shapes[0]) != 1:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"CosineSimilarity takes one vector per sample, got {got}", hint="put a Flatten before it")
        self.weight = new("weight", (in_shapes[0][0], self.units), self.initializer)
        return (self.units,)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Cache]:
        """y; the directions of samples and units, and their lengths, for backward."""
        (x,) = xs
        rows = self.weight.value.T  # a unit's weights lie beside each other
        long, wide = lengths(x), lengths(rows)
        u = np.divide(x, long, out=ctx.empty(x.shape, x.dtype))
        v = np.divide(rows, wide, out=ctx.empty(rows.shape, rows.dtype))
        y = matrix_product(u, v.T, out=ctx.empty((len(x), self.units), x.dtype), empty=ctx.empty)
        return y, (u, long, v, wide)

    def backward(self, dy: Array, cache: Cache, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dW; dx."""
        u, long, v, wide = cache
        dv = matrix_product(dy.T, u, out=ctx.empty(v.shape, dy.dtype), empty=ctx.empty)
        self.weight.add(unit_gradient(dv, v, wide, out=ctx.empty(v.shape, dy.dtype)).T)
        if not ctx.needs_dx:
            return (None,)
        du = matrix_product(dy, v, out=ctx.empty(u.shape, dy.dtype), empty=ctx.empty)
        return (unit_gradient(du, u, long, out=ctx.empty(u.shape, dy.dtype)),)

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """One for every weight."""
        return math.prod(in_shapes[0]) * self.units

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Several directions, and a single one."""
        return (({"units": 4}, ((3,),)), ({"units": 1, "initializer": "Kaiming"}, ((6,),)))
