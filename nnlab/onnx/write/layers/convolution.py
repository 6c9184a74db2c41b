"""Convolutions."""

from nnlab.layers.conv2d import Conv2d
from nnlab.layers.conv_transpose2d import ConvTranspose2d
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(Conv2d)
def conv2d(layer: Conv2d, place: Place, x: str) -> str:
    """ONNX has the channels on axis 1, and weights as (maps, channels, kernel height, kernel width)."""
    (top, bottom), (left, right) = layer.window.pads
    weight = place.building.store(f"{place.node}.weight", place.values["weight"].transpose(3, 2, 0, 1))
    y = place.add(
        "Conv",
        place.channels_first(x),
        weight,
        *([place.own("bias")] if layer.bias else []),
        part="channels_first_y",
        kernel_shape=layer.window.kernel,
        strides=layer.window.strides,
        dilations=layer.window.dilations,
        group=layer.groups,
        pads=[top, left, bottom, right],
    )
    return place.channels_last(y)


@ONNX_LAYERS.register(ConvTranspose2d)
def conv_transpose2d(layer: ConvTranspose2d, place: Place, x: str) -> str:
    """ONNX has the channels on axis 1, and weights as (channels, maps, kernel height, kernel width)."""
    (top, bottom), (left, right) = layer.window.pads
    strides, dilations, kernel = layer.window.strides, layer.window.dilations, layer.window.kernel
    whole = (
        (n - 1) * s + d * (k - 1) + 1
        for n, s, d, k in zip(place.shapes[0][:2], strides, dilations, kernel, strict=True)
    )
    pads = ((top, bottom), (left, right))
    more = [n + before + after - full for n, (before, after), full in zip(layer.size, pads, whole, strict=True)]
    weight = place.building.store(f"{place.node}.weight", place.values["weight"].transpose(3, 2, 0, 1))
    y = place.add(
        "ConvTranspose",
        place.channels_first(x),
        weight,
        *([place.own("bias")] if layer.bias else []),
        part="channels_first_y",
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        group=layer.groups,
        pads=[top, left, bottom, right],
        output_padding=more,
    )
    return place.channels_last(y)
