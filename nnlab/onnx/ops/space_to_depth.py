"""SpaceToDepth."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.depth_to_space import to_depth, to_space


@OPERATORS.register("SpaceToDepth", since=(1, 13, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class SpaceToDepth(Operator):
    """y: block by block positions of x become channels

    Shapes:  x: (batch, channels, height, width); y: (batch, channels block^2, height / block, width / block)
    Gradient:  dx = DepthToSpace(dy)
    Options:  mode: DCR: the positions in a block are counted first in y's channels; CRD: last.
    """

    halves = "moved"

    blocksize: int
    mode: str = "DCR"

    def forward(self, x: Array) -> Array:
        """y"""
        return to_depth(x, self.blocksize, self.mode)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (to_space(dy, self.blocksize, self.mode),)
