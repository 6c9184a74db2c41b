"""Layers that draw, which do nothing in evaluation."""

from nnlab.layers.dropout import Dropout
from nnlab.layers.dropping import Dropping
from nnlab.layers.stochastic_depth import StochasticDepth
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Dropout)
@ONNX_LAYERS.register(StochasticDepth)
def dropping(layer: Dropping, place: Place, x: str) -> str:
    """Nothing: in evaluation every value stays."""
    return x
