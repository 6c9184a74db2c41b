"""Convolutions."""

from nnlab.layers.conv2d import Conv2d
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Conv2d)
def conv2d(layer: Conv2d, place: Place, x: str) -> str:
    """ONNX has the channels on axis 1, and weights as (maps, channels, kernel height, kernel width)."""
    (top, bottom), (left, right) = layer.window.pads
    weight = place.building.store(f"{place.node}.weight", place.values["weight"].transpose(3, 2, 0, 1))
    y = place.add(
        "Conv",
        place.add("Transpose", x, part="channels_first", perm=[0, 3, 1, 2]),
        weight,
        *([place.own("bias")] if layer.bias else []),
        part="channels_first_y",
        kernel_shape=layer.window.kernel,
        strides=layer.window.strides,
        dilations=layer.window.dilations,
        group=layer.groups,
        pads=[top, left, bottom, right],
    )
    return place.add("Transpose", y, perm=[0, 2, 3, 1])
