"""Slopes by torch's autograd."""

from collections.abc import Collection
from typing import Self

import torch

from nnlab.backends.torch.devices import array_of, column_major, tensor_of
from nnlab.backends.torch.graph import TorchGraph
from nnlab.core.context import Context, Watch
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.graph import Graph
from nnlab.models.node import INPUT
from nnlab.models.slopes import Seen, Slope, Slopes


class TorchSlopes(Slopes):
    """The translated network's slopes.  Options:  graph: its values are the weights; device: where it is computed."""

    def __init__(self, graph: Graph, *, device: torch.device):
        super().__init__(graph)
        self._device = device
        values = {name: column_major(tensor_of(value, device)) for name, value in graph.held().items()}
        self._network = TorchGraph(graph, values)

    def redrawn(self, rng: Rng, nodes: Collection[str] | None = None) -> Self:
        """The same network with weights drawn anew, as the hand-written one draws them."""
        return type(self)(self.graph.redrawn(rng, nodes), device=self._device)

    def _pass(self, x: Array, watch: Watch) -> None:
        with torch.no_grad():
            self._network.outputs(tensor_of(x, self._device), Context(training=False, watch=watch))

    def _at(self, node: str, x: Array, chosen: Array) -> Slope:
        """The sum of the chosen scores, differentiated: no sample's score depends on another sample."""
        seen = Seen(node)
        leaf = tensor_of(x, self._device).requires_grad_()
        _, outputs = self._network.forward(leaf, Context(training=False, watch=None if node == INPUT else seen))
        picked = outputs[self.score_node].gather(1, tensor_of(chosen, self._device)[:, None]).sum()
        if not picked.requires_grad:
            hint = "type --engine=numpy"
            raise UsageError("no gradient comes back through a network that is frozen, on torch", hint=hint)
        (dx,) = torch.autograd.grad(picked, leaf)
        if node == INPUT:
            return Slope(x, array_of(dx))
        values = seen.forward[node]
        return Slope(values, seen.backward[node] if node in seen.backward else 0 * values)
