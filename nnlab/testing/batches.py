"""Batches made by hand, for tests."""

from collections.abc import Sequence

from nnlab.core.batch import Batch, Target
from nnlab.core.context import Context
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truths import Labels
from nnlab.core.types import Array
from nnlab.models.graph import Graph
from nnlab.models.tape import Tape


def labelled(inputs: Array, targets: Array, sources: Sequence[str] = ()) -> Batch:
    """Samples of classes, for a network with one head.  Shapes:  targets: (batch, classes), one-hot"""
    names = sources or [f"sample {place}" for place in range(len(inputs))]
    return Batch(inputs, {OUTPUT: Target(targets)}, Labels(targets.argmax(axis=-1)), names)


def one_head(channels: int) -> dict[str, Head]:
    """What a classification of so many classes asks of a network."""
    return {OUTPUT: Head((channels,))}


def forward(graph: Graph, x: Array, ctx: Context) -> tuple[Array, Tape]:
    """What the one head of a network gives, and the tape for `backward`."""
    outputs, tape = graph.forward(x, ctx)
    (y,) = outputs.values()
    return y, tape


def backward(
    graph: Graph, dy: Array, tape: Tape, ctx: Context, *, needs_dx: bool = False, keep: bool = False
) -> Array | None:
    """Backwards from the one head of a network."""
    (head,) = graph.heads
    return graph.backward({head: dy}, tape, ctx, needs_dx=needs_dx, keep=keep)
