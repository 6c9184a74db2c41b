"""Windows and whole images made one value for each channel."""

from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.global_max_pool import GlobalMaxPool
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(GlobalAveragePool)
def global_average_pool(layer: GlobalAveragePool, place: Place, x: str) -> str:
    """The mean over all axes but the first and the last."""
    return _over_places(place, "ReduceMean", x)


@ONNX_LAYERS.register(GlobalMaxPool)
def global_max_pool(layer: GlobalMaxPool, place: Place, x: str) -> str:
    """The largest over all axes but the first and the last."""
    return _over_places(place, "ReduceMax", x)


def _over_places(place: Place, operator: str, x: str) -> str:
    axes = [*range(1, len(place.shapes[0]))]
    y = place.building.reduced(operator, x, axes, name=f"{place.node}/kept")
    return place.add("Flatten", y, axis=1)
