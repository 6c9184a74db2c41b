"""What a training step is taken of, as the hand-written engine has it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from nnlab.layers.base import Layer
from nnlab.losses.base import Loss
from nnlab.models.graph import Graph, Node
from nnlab.optimizers.optimizer import Optimizer


@dataclass(frozen=True, eq=False)
class Subject:
    """A network that is built, what it minimises, and how it moves."""

    graph: Graph
    loss: Loss
    optimizer: Optimizer

    def with_layers(self, other: Callable[[Node], Layer | None]) -> "Subject":
        """The same on a copy of the network in which `other` gives some nodes another layer (None keeps it).

        The values are copied; the other layer has to keep parameters and buffers of the same names and shapes.
        """
        return replace(self, graph=self.graph.with_layers(other))

    def with_rule(self, **changes: object) -> "Subject":
        """The same with another update rule or other settings around it; it has taken no step."""
        return replace(self, optimizer=replace(self.optimizer, **changes))  # type: ignore[arg-type]
