"""Values brought to mean 0 and variance 1."""

from nnlab.layers.batch_norm import BatchNorm
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(BatchNorm)
def batch_norm(layer: BatchNorm, place: Place, x: str) -> str:
    """With its running statistics. ONNX has the features on axis 1, as they are here only without axes between."""
    names = [place.own(field) for field in ("gamma", "beta", "running_mean", "running_variance")]
    rank = len(place.shapes[0]) + 1
    if rank == 2:
        return place.add("BatchNormalization", x, *names, epsilon=layer.epsilon)
    first = place.add("Transpose", x, part="features_first", perm=[0, rank - 1, *range(1, rank - 1)])
    y = place.add("BatchNormalization", first, *names, part="normalised", epsilon=layer.epsilon)
    return place.add("Transpose", y, perm=[0, *range(2, rank), 1])
