"""Images of another size."""

import numpy as np

from nnlab.layers.resize import Resize
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Resize)
def resize(layer: Resize, place: Place, x: str) -> str:
    """An operator of this name, which engines have with the channels first.

    It has too few modes before version 11. Where a scale is no number of float32 engines round differently, so that the
    nearest may be another: it is taken by its place.
    """
    if not layer.steps:
        return x
    exact = all(float(np.float32(axis.scale)) == axis.scale for axis in layer.axes)
    if layer.mode == "nearest" and (place.building.opset < 11 or not exact):
        return _taken(layer, place, x)
    y = place.channels_first(x)
    y = _multiplied(layer, place, y) if place.building.opset < 11 else _resized(layer, place, y, exact=exact)
    return place.channels_last(y)


def _taken(layer: Resize, place: Place, x: str) -> str:
    for step in layer.steps:
        part = "" if step is layer.steps[-1] else "between"
        places = place.building.store(f"{place.node}/places_{step.axis}", step.places[:, 0], np.int64)
        x = place.add("Gather", x, places, part=part, axis=step.axis)
    return x


def _multiplied(layer: Resize, place: Place, x: str) -> str:
    for step in layer.steps:
        rows = step.axis == 1
        matrix = place.building.store(f"{place.node}/weights_{step.axis}", step.matrix if rows else step.matrix.T)
        x = place.add("MatMul", *((matrix, x) if rows else (x, matrix)), part=f"resized_{step.axis}")
    return x


def _resized(layer: Resize, place: Place, x: str, *, exact: bool) -> str:
    """By scales, or by sizes, of which the batch's has to be looked up."""
    store, node = place.building.store, place.node
    nothing = "" if place.building.opset >= 13 else store(f"{node}/nothing", np.zeros(0), np.float32)
    if exact:
        scales = np.array([1, 1, *(axis.scale for axis in layer.axes)])
        inputs = [nothing, store(f"{node}/scales", scales, np.float32)]
    else:
        sizes = place.add("Shape", x, part="sizes_before")
        kept = place.add("Gather", sizes, store(f"{node}/kept", np.array([0, 1]), np.int64), part="sizes_kept")
        out = store(f"{node}/out", np.array([axis.out for axis in layer.axes]), np.int64)
        inputs = [nothing, nothing, place.add("Concat", kept, out, part="sizes", axis=0)]
    more: dict[str, str] = {"mode": "linear" if layer.mode == "bilinear" else layer.mode}
    if layer.mode == "nearest":
        more["nearest_mode"] = "floor" if layer.coordinates == "asymmetric" else "round_prefer_ceil"
    return place.add("Resize", x, *inputs, part="resized", coordinate_transformation_mode=layer.coordinates, **more)
