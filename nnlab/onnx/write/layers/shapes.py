"""The same values in another shape, or with a margin."""

import numpy as np

from nnlab.layers.center_crop import CenterCrop
from nnlab.layers.flatten import Flatten
from nnlab.layers.pad import Pad
from nnlab.layers.reshape import Reshape
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Flatten)
def flatten(layer: Flatten, place: Place, x: str) -> str:
    """y = x with all axes but the batch's joined"""
    return place.add("Flatten", x, axis=1)


@ONNX_LAYERS.register(CenterCrop)
def center_crop(layer: CenterCrop, place: Place, x: str) -> str:
    """The middle of x."""
    starts, ends = [layer.rows.start, layer.columns.start], [layer.rows.stop, layer.columns.stop]
    return place.building.sliced(x, {"starts": starts, "ends": ends, "axes": [1, 2]}, name=place.node)


@ONNX_LAYERS.register(Reshape)
def reshape(layer: Reshape, place: Place, x: str) -> str:
    """y = x with the axes of a sample taken apart or joined; 0 is the batch as it is"""
    shape = np.array([0, *layer.sizes])
    return place.add("Reshape", x, place.building.store(f"{place.node}/shape", shape, np.int64))


@ONNX_LAYERS.register(Pad)
def pad(layer: Pad, place: Place, x: str) -> str:
    """What is less than nothing is cut off first."""
    cut = [margin for margin in layer.margins if min(margin.before, margin.after) < 0]
    widths = np.zeros((2, 4), np.int64)
    for margin in layer.margins:
        widths[:, margin.axis] = max(0, margin.before), max(0, margin.after)
    if cut:
        bounds = {
            "starts": [margin.kept.start for margin in cut],
            "ends": [margin.kept.stop for margin in cut],
            "axes": [margin.axis for margin in cut],
        }
        x = place.building.sliced(x, bounds, name=f"{place.node}/kept" if widths.any() else place.node)
    if not widths.any():
        return x
    return place.padded(x, widths, mode=layer.mode, value=layer.value)
