"""A factor for each channel, learnt."""

from dataclasses import dataclass, field

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter, Parameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.sums import column_dots
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class LayerScale(Layer):
    """Each channel times a factor that begins all but at 0.

    y = gamma x

    It is the last of a residual block's branch: at first the block passes on what it was given, and each channel of the
    branch is let in as far as it turns out to be of use. So deep networks begin as if they were shallow.

    Shapes:  x, y: (batch, ..., channels); gamma: (channels,)
    Gradient:  dgamma = sum dy x over the batch and all places;  dx = gamma dy
    Options:  start: every factor at first. The factors are not penalised.
    Source:  Touvron et al., "Going deeper with image transformers", 2021, section 2.
    """

    start: float = option(1e-6, "every factor at first")
    gamma: Parameter = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes gamma (channels,)."""
        if len(in_shapes) != 1 or not in_shapes[0] or not in_shapes[0][-1]:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"LayerScale takes one input with channels, got {got}")
        self.gamma = new.given("gamma", np.full(in_shapes[0][-1], self.start), penalised=False)
        return in_shapes[0]

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        return np.multiply(x, self.gamma.value, out=ctx.empty(x.shape, x.dtype)), x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dgamma; dx."""
        self.gamma.add(column_dots(dy, cache))
        if not ctx.needs_dx:
            return (None,)
        return (np.multiply(dy, self.gamma.value, out=ctx.empty(dy.shape, dy.dtype)),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Rows, images, a factor that is not small."""
        return (({}, ((5,),)), ({"start": 0.5}, ((3, 4, 2),)), ({"start": -2.0}, ((1, 1, 3),)))
