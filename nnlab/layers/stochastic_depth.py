"""Stochastic depth."""

from dataclasses import dataclass

from nnlab.core.types import Shape
from nnlab.layers.base import LAYERS, Example
from nnlab.layers.dropping import Dropping


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class StochasticDepth(Dropping):
    """In training, a sample loses all that a branch says with probability `rate`; that of the others grows.

    y = x mask;  mask = 0 with probability rate, else 1 / (1 - rate)         in training, one number for each sample
    y = x                                                                    in evaluation, and at rate 0

    It is the last of a residual block's branch, before Add: of a sample that loses the branch, the block passes on what
    it was given, as if the network were less deep.

    Shapes:  x, y: (batch, ...); mask: (batch, 1, ...)
    Gradient:  dx = dy mask
    Options:  rate: share of the samples that lose the branch, 0 to below 1.
    Source:  Huang et al., "Deep networks with stochastic depth", 2016; scaled in training, so that evaluation is the
             identity (there it is scaled in evaluation).
    """

    also_called = ("DropPath", "DropConnect", "SurvivalProbability")

    def mask_shape(self, in_shape: Shape) -> Shape:
        """One number."""
        return (1,) * len(in_shape)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Images, rows, and nothing dropped."""
        return (({}, ((3, 4, 2),)), ({"rate": 0.2}, ((6,),)), ({"rate": 0.0}, ((6,),)))
