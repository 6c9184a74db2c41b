"""DepthToSpace."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


def to_space(x: Array, block: int, mode: str) -> Array:
    """Blocks of channels laid out over block by block positions."""
    n, c, h, w = x.shape
    own = c // block**2
    if mode == "CRD":
        parts = x.reshape(n, own, block, block, h, w).transpose(0, 1, 4, 2, 5, 3)
    else:
        parts = x.reshape(n, block, block, own, h, w).transpose(0, 3, 4, 1, 5, 2)
    return parts.reshape(n, own, h * block, w * block)


def to_depth(x: Array, block: int, mode: str) -> Array:
    """The reverse: block by block positions become channels."""
    n, c, h, w = x.shape
    parts = x.reshape(n, c, h // block, block, w // block, block)
    order = (0, 1, 3, 5, 2, 4) if mode == "CRD" else (0, 3, 5, 1, 2, 4)
    return parts.transpose(order).reshape(n, c * block**2, h // block, w // block)


@OPERATORS.register("DepthToSpace", since=(1, 11, 13, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class DepthToSpace(Operator):
    """y: the channels of x, block^2 at a time, laid out over block by block positions

    Shapes:  x: (batch, channels, height, width); y: (batch, channels / block^2, height block, width block)
    Gradient:  dx = SpaceToDepth(dy)
    Options:  mode: DCR: the positions in a block are counted first in x's channels; CRD: last.
    """

    halves = "moved"

    blocksize: int
    mode: str = "DCR"

    def forward(self, x: Array) -> Array:
        """y"""
        return to_space(x, self.blocksize, self.mode)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (to_depth(dy, self.blocksize, self.mode),)
