"""The same values in another order or shape."""

from nnlab.layers.flatten import Flatten
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Flatten)
def flatten(layer: Flatten, place: Place, x: str) -> str:
    """y = x with all axes but the batch's joined"""
    return place.add("Flatten", x, axis=1)
