"""What moves numbers: a join along an axis, another shape."""

from functools import partial
from typing import Any

import numpy as np

from nnlab.onnx.engine.program.layout import IMAGES, has_channels_last, viewed
from nnlab.onnx.engine.program.site import Bound, Call, Site
from nnlab.onnx.engine.program.table import form_of
from nnlab.onnx.engine.program.work import ELEMENTS, spread
from nnlab.onnx.ops.base import normalised_axes
from nnlab.onnx.ops.concat import Concat
from nnlab.onnx.ops.flatten import Flatten
from nnlab.onnx.ops.gather import Gather
from nnlab.onnx.ops.reshape import Reshape


@form_of(Concat)
def concat(site: Site) -> Bound | None:
    """The inputs one after the other, the channels last where one has them so."""
    xs = [x for x in site.inputs if x is not None]
    if not site.is_float or len(xs) != len(site.inputs) or len({x.ndim for x in xs}) > 1 or not xs[0].ndim:
        return None
    assert isinstance(site.operator, Concat)
    (axis,) = normalised_axes([site.operator.axis], xs[0].ndim)
    shape = list(xs[0].shape)
    shape[axis] = sum(x.shape[axis] for x in xs)
    if any(x.shape[:axis] + x.shape[axis + 1 :] != (*shape[:axis], *shape[axis + 1 :]) for x in xs):
        return None
    last = any(map(has_channels_last, xs))
    y = site.images((shape[0], *shape[1:]), xs[0].dtype) if last else site.array(tuple(shape), xs[0].dtype)
    ends = np.cumsum([x.shape[axis] for x in xs])
    before = (slice(None),) * axis
    calls: list[Call] = [
        partial(np.copyto, y[(*before, slice(end - x.shape[axis], end))], x) for x, end in zip(xs, ends, strict=True)
    ]
    return Bound((y,), spread(calls, worth=y.size >= 4 * ELEMENTS))


@form_of(Reshape, Flatten)
def reshaped(site: Site) -> Bound | None:
    """A view where there is one; else a copy, of images the channels last where they were so."""
    x, operator = site.inputs[0], site.operator
    if x is None or not all(site.known[1:]):
        return None
    assert isinstance(operator, Reshape | Flatten)
    shape: Any = operator.sizes(x.shape, *(s.tolist() for s in site.inputs[1:] if s is not None))
    view = viewed(x, shape)
    if view is not None:
        return Bound((view,), None)
    if len(shape) == IMAGES and x.ndim and x.strides[-1] != x.itemsize:
        y = site.images(shape, x.dtype)
        within = viewed(y, x.shape)
        if within is not None:
            return Bound((y,), partial(np.copyto, within, x))
    y = site.array(shape, x.dtype)
    return Bound((y,), partial(np.copyto, y.reshape(x.shape), x))


@form_of(Gather)
def gathered(site: Site) -> Bound | None:
    """One place of an axis: a view."""
    x, index = site.inputs
    assert isinstance(site.operator, Gather)
    if x is None or index is None or not site.known[1] or index.ndim or not x.ndim:
        return None
    (axis,) = normalised_axes([site.operator.axis], x.ndim)
    place = int(index)
    if not -x.shape[axis] <= place < x.shape[axis]:
        return None
    where: Any = (*[slice(None)] * axis, place)
    return Bound((x[where],), None)
