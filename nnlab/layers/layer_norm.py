"""Layer normalisation."""

from dataclasses import dataclass

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.layer_norm import layer_norm, layer_norm_gradients
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.normalising import Moments, Normalising


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class LayerNorm(Normalising):
    """The channels of each place with mean 0 and variance 1, then scaled and shifted by what is learnt.

    xhat = (x - mean) / sqrt(variance + epsilon);  y = gamma xhat + beta

    Mean and (biased) variance are those of one place of one sample, over its channels: nothing depends on the batch,
    and training and evaluation are alike.

    Shapes:  x, y: (batch, ..., channels); gamma, beta: (channels,)
    Gradient:  dbeta = sum dy;  dgamma = sum dy xhat                         over the batch and all places
               dx = 1 / sqrt(variance + epsilon) (g - mean(g) - xhat mean(g xhat)),  g = gamma dy
    Options:  epsilon: keeps channels that are all alike from dividing by zero.
    Raises:  ShapeError: with fewer than two channels, whose variance would be 0.
    Source:  Ba, Kiros and Hinton, "Layer normalization", 2016.
    """

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes gamma and beta (channels,)."""
        if len(in_shapes) != 1 or not in_shapes[0] or in_shapes[0][-1] < 2:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"LayerNorm takes one input with two channels or more, got {got}")
        self.learn(in_shapes[0], new)
        return in_shapes[0]

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Moments]:
        """y, and what backward needs."""
        (x,) = xs
        rows = x.reshape(-1, x.shape[-1])
        y, mean, inverse = layer_norm(rows, self.gamma.value, self.beta.value, self.epsilon, ctx.empty)
        return y.reshape(x.shape), Moments(rows, mean, inverse)

    def gradients(self, dy: Array, cache: Moments, dx: Array | None) -> tuple[Array, Array]:
        """As the base says."""
        return layer_norm_gradients(dy, cache.x, self.gamma.value, (cache.mean, cache.inverse), dx)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Rows, images, and an epsilon that counts."""
        return (({}, ((5,),)), ({}, ((3, 4, 3),)), ({"epsilon": 0.5}, ((2, 3, 4),)))
