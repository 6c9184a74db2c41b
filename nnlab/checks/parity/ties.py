"""Windows of which several places are the largest but for rounding: which of them gets the gradient is chance."""

from collections.abc import Iterator

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.images.max_pool import max_pool
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.models.graph import Graph


def pooled(graph: Graph) -> Iterator[tuple[str, MaxPool2d]]:
    """The nodes whose places a max-pool chooses from, with that pool: what it reads, and what that is made of place by
    place (activations, BatchNorm), for there the gradient comes back to the same places."""
    nodes = {node.name: node for node in graph.nodes}
    for pool in graph.nodes:
        if not isinstance(pool.layer, MaxPool2d):
            continue
        above = nodes.get(pool.inputs[0])
        while above is not None:
            yield above.name, pool.layer
            reach = above.layer.reach(tuple(graph.shapes[name] for name in above.inputs), graph.shapes[above.name])
            alone = len(above.inputs) == 1 and reach is not None and reach.is_point
            above = nodes.get(above.inputs[0]) if alone else None


def share(spread: Array, layer: MaxPool2d) -> None:
    """Gives every place of a window the most that any of them was moved by; in place.

    Where an image is flat, all places of a window hold the same value but for rounding, and whichever comes out the
    largest gets the whole gradient. In each pair of jittered steps at least two of those places were the one; others
    of them may not have been. Where one place is the largest beyond rounding, all of them were moved by rounding
    alone, and are so afterwards.

    Shapes:  spread: (batch, height, width, channels), of the gradients of what the pool reads
    """
    window = layer.window
    most = max_pool(spread, window, layer.out_size)
    for element in np.ndindex(window.kernel):
        rows, columns = (
            _met(window.strides[axis], window.dilations[axis] * at - window.pads[axis][0], *sizes)
            for axis, (at, *sizes) in enumerate(zip(element, spread.shape[1:3], most.shape[1:3], strict=True))
        )
        places = spread[:, rows[0], columns[0]]
        np.maximum(places, most[:, rows[1], columns[1]], out=places)


def _met(stride: int, shift: int, size: int, out: int) -> tuple[slice, slice]:
    """Along one axis, what an element of the kernel meets of an image, and in which windows."""
    first, last = max(0, -(shift // stride)), min(out - 1, (size - 1 - shift) // stride)
    if last < first:
        return slice(0, 0), slice(0, 0)
    return slice(first * stride + shift, last * stride + shift + 1, stride), slice(first, last + 1)
