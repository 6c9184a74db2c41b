"""Products with weights of their own, and fixed factors."""

from nnlab.layers.dense import Dense
from nnlab.layers.layer_scale import LayerScale
from nnlab.layers.rescale import Rescale
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Dense)
def dense(layer: Dense, place: Place, x: str) -> str:
    """y = x W + b, W as it is: (in_features, units)"""
    if not layer.bias:
        return place.add("MatMul", x, place.own("weight"))
    return place.add("Gemm", x, place.own("weight"), place.own("bias"))


@ONNX_LAYERS.register(Rescale)
def rescale(layer: Rescale, place: Place, x: str) -> str:
    """y = factor x + shift"""
    return place.add("Add", place.add("Mul", x, place.own("factor"), part="scaled"), place.own("shift"))


@ONNX_LAYERS.register(LayerScale)
def layer_scale(layer: LayerScale, place: Place, x: str) -> str:
    """y = gamma x"""
    return place.add("Mul", x, place.own("gamma"))
