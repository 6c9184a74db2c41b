"""Windows of which several places are the largest but for rounding: which of them gets the gradient is chance."""

from collections.abc import Iterator

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.images.max_pool import max_pool
from nnlab.kernels.meetings import meetings
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
    largest, most = (max_pool(of, layer.window, layer.out_size) for of in (read - allowed, np.abs(gradient) + spread))
    places = [
        ((*one.source, slice(None)), (*one.out, slice(None)))
        for one in meetings(layer.window, read.shape[1:3], largest.shape[1:3])
    ]
    highest, rivals = read + allowed, np.zeros(largest.shape, np.int32)
    for met, out in places:
        rivals[out] += highest[met] >= largest[out]
    most[rivals < 2] = 0
    for met, out in places:
        may = highest[met] >= largest[out]
        np.maximum(spread[met], may * most[out], out=spread[met])
