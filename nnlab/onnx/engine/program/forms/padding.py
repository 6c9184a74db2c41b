"""Pad by a constant; by nothing, as many files have it, it is x itself."""

from functools import partial

import numpy as np

from nnlab.onnx.engine.program.layout import has_channels_last
from nnlab.onnx.engine.program.site import Bound, Site
from nnlab.onnx.engine.program.table import form_of
from nnlab.onnx.engine.program.work import one_by_one
from nnlab.onnx.ops.pad import Pad


@form_of(Pad)
def pad(site: Site) -> Bound | None:
    """y: x with a margin"""
    x, pads, value, axes = (*site.inputs, None, None, None)[:4]
    operator = site.operator
    assert isinstance(operator, Pad)
    if x is None or not all(site.known[1:]):
        return None
    widths = operator.widths(x.ndim, pads, axes)
    if not any(map(any, widths)):
        return Bound((x,), None)
    if operator.mode != "constant":
        return None
    shape = tuple(size + sum(width) for size, width in zip(x.shape, widths, strict=True))
    y = site.images(shape, x.dtype) if has_channels_last(x) else site.array(shape, x.dtype)
    kept, into = operator.inner(x.shape, widths)
    margin = operator.value if value is None else value.reshape(-1)[0]
    return Bound((y,), one_by_one([partial(y.fill, margin), partial(np.copyto, y[into], x[kept])]))
