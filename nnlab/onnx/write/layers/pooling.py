"""Windows and whole images made one value for each channel."""

import math

import numpy as np

from nnlab.kernels.window import Window
from nnlab.layers.average_pool2d import AveragePool2d
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.global_max_pool import GlobalMaxPool
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.layers.pooled import over_the_end
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


@ONNX_LAYERS.register(MaxPool2d)
def max_pool2d(layer: MaxPool2d, place: Place, x: str) -> str:
    """What the last windows reach over the end is padding like any other: none of it is ever the largest.

    Padding as wide as the kernel, which a dilated one may have, is laid out: engines refuse it as an attribute.
    """
    window, pads = layer.window, _pads(layer.window, over_the_end(layer.window, layer.size, layer.out_size))
    dilated = {"dilations": window.dilations} if window.dilations != (1, 1) else {}
    if any(pad >= kernel for pad, kernel in zip(pads, 2 * window.kernel, strict=True)):
        x, pads = _padded(place, x, pads, -math.inf), [0, 0, 0, 0]
    return _pooled(place, "MaxPool", x, window, pads=pads, **dilated)


@ONNX_LAYERS.register(AveragePool2d)
def average_pool2d(layer: AveragePool2d, place: Place, x: str) -> str:
    """Engines differ in whether a ceiling's rest counts as padding: so it is padding, which does not count.

    Padding that does count is then made a part of the image.
    """
    window, more = layer.window, over_the_end(layer.window, layer.size, layer.out_size)
    if not any(more) or not any(map(any, window.pads)):
        counted = {"count_include_pad": 1} if layer.count_include_pad and not any(more) else {}
        return _pooled(place, "AveragePool", x, window, pads=_pads(window, more), **counted)
    if not layer.count_include_pad:
        return _pooled(place, "AveragePool", x, window, pads=_pads(window, more))
    wide = _padded(place, x, _pads(window, (0, 0)), 0.0)
    return _pooled(place, "AveragePool", wide, window, pads=[0, 0, *more])


def _pads(window: Window, more: tuple[int, ...]) -> list[int]:
    """ONNX's order: all that is before, then all that is after."""
    (top, bottom), (left, right) = window.pads
    return [top, left, bottom + more[0], right + more[1]]


def _padded(place: Place, x: str, pads: list[int], value: float) -> str:
    """The image with a frame around it."""
    top, left, bottom, right = pads
    return place.padded(x, np.array([[0, top, left, 0], [0, bottom, right, 0]]), value=value, part="padded")


def _pooled(place: Place, operator: str, x: str, window: Window, **attributes: object) -> str:
    first = place.channels_first(x)
    y = place.add(operator, first, part="pooled", kernel_shape=window.kernel, strides=window.strides, **attributes)
    return place.channels_last(y)
