"""Layers that draw, and the numbers that they draw, which are those of the hand-written ones."""

from nnlab.layers.dropout import Dropout
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Dropout)
def dropout(layer: Dropout, place: Place, x: str) -> str:
    """Nothing: in evaluation every value stays."""
    return x
