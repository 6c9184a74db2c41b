"""Slopes by the hand-written backward pass."""

from collections.abc import Callable, Collection
from typing import Self, TypeVar

import numpy as np

from nnlab.core.context import Context, Watch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.core.workspace import Workspace
from nnlab.kernels.threads import at_most_threads
from nnlab.models.graph import Graph
from nnlab.models.node import INPUT
from nnlab.models.slopes import Seen, Slope, Slopes

T = TypeVar("T")


class HandSlopes(Slopes):
    """The hand-written network's slopes, on memory of its own.

    Options:  threads: share products; 0 for as many as whoever calls has said.
    """

    def __init__(self, graph: Graph, *, threads: int = 0):
        super().__init__(graph)
        self._threads, self._workspace = threads, Workspace()

    def redrawn(self, rng: Rng, nodes: Collection[str] | None = None) -> Self:
        """The same network with weights drawn anew."""
        return type(self)(self.graph.redrawn(rng, nodes), threads=self._threads)

    def _pass(self, x: Array, watch: Watch) -> None:
        self._quietly(lambda: self.graph.outputs(x, self._context(watch)))

    def _at(self, node: str, x: Array, chosen: Array) -> Slope:
        """d score / d score is 1 at the score that was chosen, 0 at the others; back from there to the node."""
        seen = Seen(node, self.score_node)

        def there_and_back() -> Array:
            ctx = self._context(seen)
            _, tape = self.graph.forward(x, ctx)
            scores = seen.forward[self.score_node]
            seed = np.zeros_like(scores)
            seed[np.arange(len(x)), chosen] = 1
            dx = self.graph.backward_from({self.score_node: seed}, tape, ctx, needs_dx=True)
            return np.zeros_like(x) if dx is None else np.array(dx)

        dx = self._quietly(there_and_back)
        if node == INPUT:
            return Slope(x, dx)
        values = seen.forward[node]
        return Slope(values, seen.backward.get(node, np.zeros_like(values)))  # none comes by what the score ignores

    def _context(self, watch: Watch) -> Context:
        return Context(training=False, workspace=self._workspace, watch=watch)

    def _quietly(self, passes: Callable[[], T]) -> T:
        """What is not finite is seen in the result."""
        with at_most_threads(self._threads), np.errstate(all="ignore"):
            return passes()
