"""Conv, with what is drawn into it (engine/fusing.py): which form it takes."""

from functools import partial
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import require_fit
from nnlab.kernels.meetings import mostly_padding
from nnlab.onnx.engine.fusing import BoundedConv
from nnlab.onnx.engine.program.columns import by_columns
from nnlab.onnx.engine.program.depthwise import by_channel
from nnlab.onnx.engine.program.finish import Finish
from nnlab.onnx.engine.program.grouped import by_group
from nnlab.onnx.engine.program.layout import IMAGES, channels_last
from nnlab.onnx.engine.program.site import Bound, Call, Site
from nnlab.onnx.engine.program.table import form_of
from nnlab.onnx.engine.program.winograd import by_tiles, pays
from nnlab.onnx.engine.program.work import one_by_one
from nnlab.onnx.ops.conv import Conv


@form_of(Conv)
def convolution(site: Site) -> Bound | None:
    """Images with constant weights."""
    x, w, b, other = (*site.inputs, None, None)[:4]
    assert isinstance(site.operator, Conv) and x is not None and w is not None
    if not site.is_float or x.ndim != IMAGES or not all(site.known[1:3]) or 0 in x.shape:
        return None
    window = site.operator.window(x.shape[2:], w.shape[2:], groups=site.operator.group)
    require_fit(x, w, window)
    out_size = window.out_size(x.shape[2:])
    by_each = w.shape[1] == 1 and len(w) == window.groups
    if mostly_padding(window, x.shape[2:], out_size) or 0 in out_size or min(map(min, window.pads)) < 0:
        return None
    y = site.images((len(x), len(w), *out_size), x.dtype)
    if other is not None and other.shape != y.shape:
        return None
    calls: list[Call] = []
    if other is not None and not channels_last(other).flags.c_contiguous:
        other, before = site.images(y.shape, x.dtype), other
        calls.append(partial(np.copyto, other, before))
    lay_out = by_columns
    if by_each and len(w) > 1:
        lay_out = by_channel
    elif window.groups > 1:
        lay_out = by_group
    elif pays(channels_last(x), w, window, channels_last(y)):
        lay_out = by_tiles
    finish = _finish(site.operator, b, other, x.dtype)
    calls.append(lay_out(site, channels_last(x), w, window, channels_last(y), finish))
    return Bound((y,), one_by_one(calls))


def _finish(operator: Any, b: Array | None, other: Array | None, dtype: Any) -> Finish:
    low, high = (operator.low, operator.high) if isinstance(operator, BoundedConv) else (None, None)
    bounds = (None if bound is None else np.asarray(bound, dtype) for bound in (low, high))
    rows = None if other is None else channels_last(other).reshape(-1, other.shape[1])
    return Finish(b, rows, *bounds)
