"""Windows of which several places are the largest but for rounding: which of them gets the gradient is chance."""

from collections.abc import Iterator

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.images.max_pool import max_pool
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.models.graph import Graph


def pooled(graph: Graph) -> Iterator[tuple[str, str, MaxPool2d]]:
    """The nodes whose places a max-pool chooses from, the one of them that it reads, and that pool. What it reads is
    made place by place (activations, BatchNorm) of the others, so there the gradient comes back to the same places."""
    nodes = {node.name: node for node in graph.nodes}
    for pool in graph.nodes:
        if not isinstance(pool.layer, MaxPool2d):
            continue
        above = nodes.get(pool.inputs[0])
        while above is not None:
            yield above.name, pool.inputs[0], pool.layer
            reach = above.layer.reach(tuple(graph.shapes[name] for name in above.inputs), graph.shapes[above.name])
            alone = len(above.inputs) == 1 and reach is not None and reach.is_point
            above = nodes.get(above.inputs[0]) if alone else None


def widen_ties(spread: Array, gradient: Array, read: Array, allowed: Array, layer: MaxPool2d) -> None:
    """Gives every place that may be the largest of a window, where there are several, the gradient that it may get; in
    place.

    Where an image is flat, places of a window hold the same value but for rounding, and whichever comes out the largest
    gets the whole gradient, moved as far as that of any was in jittered steps. There are thousands of such windows, so
    that those steps do not find them all.

    Shapes:  all: (batch, height, width, channels)
    Options:  spread, gradient: of what comes back.  read: what the pool reads.  allowed: how far rounding moves that.
    """
    largest, whole = max_pool(read - allowed, layer.window, layer.out_size), _most(np.abs(gradient) + spread, layer)
    rivals = np.zeros(largest.shape, np.int32)
    for rows, columns in _places(layer, read.shape, largest.shape):
        rivals[:, rows[1], columns[1]] += (read + allowed)[:, rows[0], columns[0]] >= largest[:, rows[1], columns[1]]
    whole[rivals < 2] = 0
    for rows, columns in _places(layer, read.shape, largest.shape):
        may = (read + allowed)[:, rows[0], columns[0]] >= largest[:, rows[1], columns[1]]
        met = spread[:, rows[0], columns[0]]
        np.maximum(met, may * whole[:, rows[1], columns[1]], out=met)


def _most(values: Array, layer: MaxPool2d) -> Array:
    """The largest of each window."""
    return max_pool(values, layer.window, layer.out_size)


Cut = tuple[slice, slice]
"""Places of an image along one axis, and the windows that meet them."""


def _places(layer: MaxPool2d, size: Shape, out: Shape) -> Iterator[tuple[Cut, Cut]]:
    """For each element of the kernel: the rows and the columns that it meets."""
    window = layer.window
    for element in np.ndindex(window.kernel):
        rows, columns = (
            _met(window.strides[axis], window.dilations[axis] * at - window.pads[axis][0], *sizes)
            for axis, (at, *sizes) in enumerate(zip(element, size[1:3], out[1:3], strict=True))
        )
        yield rows, columns


def _met(stride: int, shift: int, size: int, out: int) -> tuple[slice, slice]:
    """Along one axis, what an element of the kernel meets of an image, and in which windows."""
    first, last = max(0, -(shift // stride)), min(out - 1, (size - 1 - shift) // stride)
    if last < first:
        return slice(0, 0), slice(0, 0)
    return slice(first * stride + shift, last * stride + shift + 1, stride), slice(first, last + 1)
