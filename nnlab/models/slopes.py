"""How a network's scores change with what its nodes give: what explanations are made of."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

import numpy as np

from nnlab.core.context import Watch
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.layers.softmax import Softmax
from nnlab.models.graph import Graph
from nnlab.models.node import INPUT

ScoreKind = Literal["logit", "probability", "value"]
"""What a score is: what a softmax makes a probability of, that itself where nothing stands before it, or a number."""

KINDS: dict[str, ScoreKind] = {"logits": "logit", "probabilities": "probability", "values": "value"}


@dataclass(frozen=True, eq=False)
class Slope:
    """What a node gave, and how the score that was asked for changes with it.

    Shapes:  values, gradients: (batch, ...) as the node gives them; at the input as the samples were given
    """

    values: Array
    gradients: Array


class Seen:
    """Keeps what a pass shows of some nodes: called as a Context's `watch`."""

    def __init__(self, *nodes: str):
        self.forward, self.backward = dict[str, Array](), dict[str, Array]()
        self._nodes = nodes

    def __call__(self, node: str, what: str, array: Array) -> None:
        """Copies it: the memory is lent."""
        kept = {"forward": self.forward, "backward": self.backward}.get(what)
        if kept is not None and node in self._nodes:
            kept[node] = np.array(array)


class Slopes(ABC):
    """A network with weights of its own, in evaluation mode, that is asked for scores and for their slopes.

    A score is what the softmax is given, where there is one: it moves with the evidence when the probability is at its
    end and does not move any more.

    Options:  graph: built; one head that gives a row of numbers for each sample.
    Raises:  UsageError: when its head gives something else.
    """

    def __init__(self, graph: Graph):
        self.graph = graph
        outlet = graph.outlet
        last = next(node for node in graph.nodes if node.name == outlet.node)
        softmax = isinstance(last.layer, Softmax)
        self.score_node = last.inputs[0] if softmax else last.name
        self.score_kind: ScoreKind = "logit" if softmax else KINDS[outlet.emits]
        if len(graph.out_shape) != 1:
            shape = " x ".join(map(str, graph.out_shape))
            what = f"gives {shape} values a sample, and no score that speaks for all of it"
            raise UsageError(what, where=f"node {outlet.node!r}", hint="choose a network that gives one row of numbers")

    @cached_property
    def places(self) -> dict[str, Shape]:
        """(height, width, channels) of every node that has places, in the order in which they run; among them the
        nodes that a layer has of its own, where it shows them."""
        shapes = {node.name: self.graph.shapes[node.name] for node in self.graph.nodes}
        if inner := frozenset[str]().union(*(node.layer.inner_maps(node.name) for node in self.graph.nodes)):
            shapes = self._watched(inner | shapes.keys())
        return {name: shape for name, shape in shapes.items() if len(shape) == 3}

    def _watched(self, nodes: Collection[str]) -> dict[str, Shape]:
        """The shapes of what a pass shows of these nodes."""
        shapes = dict[str, Shape]()

        def look(node: str, what: str, array: Array) -> None:
            if what == "forward" and node in nodes:
                shapes[node] = self._channels_last(node, array).shape[1:]

        self._pass(np.zeros((1, *self.graph.in_shape), self.graph.dtype), look)
        return shapes

    def _channels_last(self, node: str, array: Array) -> Array:
        """What a node gave, its channels last also where it is a layer's own."""
        return np.moveaxis(array, 1, -1) if node not in self.graph.shapes and array.ndim == 4 else array

    def scores(self, x: Array) -> Array:
        """The scores of each sample.

        Shapes:  x: (batch, ...), as many values as the network reads; result: (batch, n)
        """
        return self._scores(self._as_read(x))

    def at(self, node: str, x: Array, chosen: Array) -> Slope:
        """How a score of each sample changes with what a node gives, or with the input.

        Shapes:  x: as for `scores`; chosen: (batch,), which score
        Raises:  UsageError: where no gradient comes by.
        """
        slope = self._at(node, self._as_read(x), np.asarray(chosen, np.intp))
        if node == INPUT:
            return Slope(x, slope.gradients.reshape(x.shape))
        return Slope(self._channels_last(node, slope.values), self._channels_last(node, slope.gradients))

    @abstractmethod
    def redrawn(self, rng: Rng, nodes: Collection[str] | None = None) -> Self:
        """The same network with the weights of these nodes (None: of all) drawn anew."""

    def _scores(self, x: Array) -> Array:
        seen = Seen(self.score_node)
        self._pass(x, seen)
        return seen.forward[self.score_node]

    @abstractmethod
    def _pass(self, x: Array, watch: Watch) -> None:
        """Runs the network, and shows what its nodes give."""

    @abstractmethod
    def _at(self, node: str, x: Array, chosen: Array) -> Slope:
        """Slopes of what the node gives, as it gives it."""

    def _as_read(self, x: Array) -> Array:
        return x.reshape(len(x), *self.graph.in_shape).astype(self.graph.dtype, copy=False)
