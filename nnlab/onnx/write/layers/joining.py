"""Several inputs made one."""

import numpy as np

from nnlab.layers.add import Add
from nnlab.layers.concat import Concat
from nnlab.layers.multiply import Multiply
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Add)
def add(layer: Add, place: Place, *xs: str) -> str:
    """y = x_1 + x_2 + ..."""
    return place.add("Sum", *xs)


@ONNX_LAYERS.register(Concat)
def concat(layer: Concat, place: Place, *xs: str) -> str:
    """y = the inputs one after the other along an axis, counted with the batch's"""
    rank = len(place.shapes[0]) + 1
    return place.add("Concat", *xs, axis=int(np.mod(layer.axis, rank)))


@ONNX_LAYERS.register(Multiply)
def multiply(layer: Multiply, place: Place, x: str, gate: str) -> str:
    """y = x gate; a gate for each channel gets axes of 1 for the places"""
    shape, own = place.shapes
    if shape != own:
        wide = np.array([0, *[1] * (len(shape) - 1), own[-1]])  # 0: the batch as it is
        gate = place.add("Reshape", gate, place.building.store(f"{place.node}/wide", wide, np.int64), part="gate")
    return place.add("Mul", x, gate)
