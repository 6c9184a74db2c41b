"""The same values in another order or shape."""

import numpy as np

from nnlab.layers.center_crop import CenterCrop
from nnlab.layers.flatten import Flatten
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Flatten)
def flatten(layer: Flatten, place: Place, x: str) -> str:
    """y = x with all axes but the batch's joined"""
    return place.add("Flatten", x, axis=1)


@ONNX_LAYERS.register(CenterCrop)
def center_crop(layer: CenterCrop, place: Place, x: str) -> str:
    """The middle of x. The bounds are inputs since opset 10."""
    starts, ends = [layer.rows.start, layer.columns.start], [layer.rows.stop, layer.columns.stop]
    if place.building.opset < 10:
        return place.add("Slice", x, starts=starts, ends=ends, axes=[1, 2])
    bounds = {"starts": starts, "ends": ends, "axes": [1, 2]}
    names = [place.building.store(f"{place.node}/{part}", np.array(n), np.int64) for part, n in bounds.items()]
    return place.add("Slice", x, *names)
