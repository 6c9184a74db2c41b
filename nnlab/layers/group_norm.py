"""Group normalisation."""

import math
from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.group_norm import group_norm, group_norm_gradients
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.normalising import Moments, Normalising
from nnlab.layers.reach import EVERYWHERE, Reach


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class GroupNorm(Normalising):
    """Groups of channels of a sample with mean 0 and variance 1 over all places, then scaled and shifted.

    xhat = (x - mean) / sqrt(variance + epsilon);  y = gamma xhat + beta

    Mean and (biased) variance are those of `channels / groups` neighbouring channels of one sample, over its places:
    nothing depends on the batch, and training and evaluation are alike. With as many groups as channels it is instance
    normalisation.

    Shapes:  x, y: (batch, ..., channels); gamma, beta: (channels,)
    Gradient:  dbeta = sum dy;  dgamma = sum dy xhat                         over the batch and all places
               dx = 1 / sqrt(variance + epsilon) (g - mean(g) - xhat mean(g xhat)),  g = gamma dy, means over the group
    Options:  groups: how many there are; they have to divide the channels.  epsilon: keeps a constant group from
              dividing by zero.
    Raises:  ShapeError: when groups do not divide the channels, or a group would have a single value, without variance.
    Source:  Wu and He, "Group normalization", 2018.
    """

    also_called = ("InstanceNorm",)

    groups: int = option(32, "how many groups the channels are in; they have to divide them", low=1)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes gamma and beta (channels,)."""
        if len(in_shapes) != 1 or not in_shapes[0] or 0 in in_shapes[0]:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"GroupNorm takes one input with channels, got {got}")
        (shape,) = in_shapes
        if shape[-1] % self.groups:
            what = f"{self.groups} groups do not divide the {shape[-1]} channels of {shape}"
            raise ShapeError(what, where="GroupNorm.groups", hint=f"use one of {_divisors(shape[-1])}")
        if math.prod(shape) == self.groups:
            what = f"{self.groups} groups of {shape} have one value each, which has no variance"
            raise ShapeError(what, where="GroupNorm.groups", hint="use fewer groups")
        self.learn(shape, new)
        return shape

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Moments]:
        """y, and what backward needs."""
        (x,) = xs
        images = x.reshape(len(x), -1, x.shape[-1])
        parameters = self.gamma.value, self.beta.value
        y, mean, inverse = group_norm(images, parameters, self.groups, self.epsilon, ctx.empty)
        return y.reshape(x.shape), Moments(images, mean, inverse)

    def gradients(self, dy: Array, cache: Moments, dx: Array | None) -> tuple[Array, Array]:
        """As the base says."""
        return group_norm_gradients(dy, cache.x, self.gamma.value, (cache.mean, cache.inverse), dx)

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach | None:
        """Everywhere."""
        return EVERYWHERE

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Images in groups, in one, and each channel by itself; rows; an epsilon that counts."""
        return (
            ({"groups": 2}, ((3, 4, 6),)),
            ({"groups": 1, "epsilon": 0.5}, ((3, 3, 2),)),
            ({"groups": 4}, ((2, 4, 4),)),
            ({"groups": 2}, ((6,),)),
        )


def _divisors(channels: int) -> str:
    return ", ".join(str(n) for n in range(1, channels + 1) if channels % n == 0)
