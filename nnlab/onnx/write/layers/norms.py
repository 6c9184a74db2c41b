"""Values brought to mean 0 and variance 1, vectors to length 1."""

import numpy as np

from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.group_norm import GroupNorm
from nnlab.layers.l2_normalize import L2Normalize
from nnlab.layers.layer_norm import LayerNorm
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(BatchNorm)
def batch_norm(layer: BatchNorm, place: Place, x: str) -> str:
    """With its running statistics. ONNX has the features on axis 1, as they are here only without axes between."""
    names = [place.own(field) for field in ("gamma", "beta", "running_mean", "running_variance")]
    part = "" if len(place.shapes[0]) == 1 else "normalised"
    y = place.add("BatchNormalization", place.channels_first(x), *names, part=part, epsilon=layer.epsilon)
    return place.channels_last(y)


@ONNX_LAYERS.register(LayerNorm)
def layer_norm(layer: LayerNorm, place: Place, x: str) -> str:
    """Over the last axis; written out before version 17, which brought an operator of this name."""
    rank, gamma, beta = len(place.shapes[0]) + 1, place.own("gamma"), place.own("beta")
    if place.building.opset >= 17:
        return place.add("LayerNormalization", x, gamma, beta, axis=-1, epsilon=layer.epsilon)
    mean = place.building.reduced("ReduceMean", x, [rank - 1], name=f"{place.node}/mean")
    centred = place.add("Sub", x, mean, part="centred")
    squares = place.add("Mul", centred, centred, part="squares")
    variance = place.building.reduced("ReduceMean", squares, [rank - 1], name=f"{place.node}/variance")
    above = place.add("Add", variance, place.constant("epsilon", layer.epsilon), part="above_zero")
    normal = place.add("Div", centred, place.add("Sqrt", above, part="deviation"), part="normalised")
    return place.add("Add", place.add("Mul", normal, gamma, part="scaled"), beta)


@ONNX_LAYERS.register(GroupNorm)
def group_norm(layer: GroupNorm, place: Place, x: str) -> str:
    """Each group as a channel of InstanceNormalization: GroupNormalization takes a scale for each channel only since
    version 21."""
    store, (shape,) = place.building.store, place.shapes
    first = place.channels_first(x)
    rows = store(f"{place.node}/rows", np.array([0, layer.groups, -1]), np.int64)
    ones, zeros = (store(f"{place.node}/{part}", np.full(layer.groups, n)) for part, n in (("ones", 1), ("zeros", 0)))
    groups = place.add("Reshape", first, rows, part="groups")
    y = place.add("InstanceNormalization", groups, ones, zeros, part="normalised", epsilon=layer.epsilon)
    sizes = store(f"{place.node}/sizes", np.array([0, shape[-1], *shape[:-1]]), np.int64)
    y = place.channels_last(place.add("Reshape", y, sizes, part="channels"), part="channels_last")
    return place.add("Add", place.add("Mul", y, place.own("gamma"), part="scaled"), place.own("beta"))


@ONNX_LAYERS.register(L2Normalize)
def l2_normalize(layer: L2Normalize, place: Place, x: str) -> str:
    """Over the last axis."""
    return place.add("LpNormalization", x, axis=-1, p=2)
