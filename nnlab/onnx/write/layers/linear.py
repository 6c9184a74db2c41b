"""Products with weights of their own, and fixed factors."""

import numpy as np

from nnlab.kernels.unit import lengths
from nnlab.layers.cosine_similarity import CosineSimilarity
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


@ONNX_LAYERS.register(CosineSimilarity)
def cosine_similarity(layer: CosineSimilarity, place: Place, x: str) -> str:
    """The directions of W are stored as they are; those of x are taken."""
    rows = np.asarray(place.values["weight"]).T
    directions = place.building.store(f"{place.node}.directions", (rows / lengths(rows)).T)
    return place.add("MatMul", place.add("LpNormalization", x, part="direction", axis=-1, p=2), directions)


@ONNX_LAYERS.register(Rescale)
def rescale(layer: Rescale, place: Place, x: str) -> str:
    """y = factor x + shift"""
    return place.add("Add", place.add("Mul", x, place.own("factor"), part="scaled"), place.own("shift"))


@ONNX_LAYERS.register(LayerScale)
def layer_scale(layer: LayerScale, place: Place, x: str) -> str:
    """y = gamma x"""
    return place.add("Mul", x, place.own("gamma"))
