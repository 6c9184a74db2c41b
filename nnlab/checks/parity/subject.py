"""What a training step is taken of, as the hand-written engine has it."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from nnlab.layers.base import Layer
from nnlab.losses.base import Loss, Losses
from nnlab.models.graph import Graph, Node
from nnlab.models.objective import terms_of
from nnlab.optimizers.optimizer import Optimizer

L = TypeVar("L", bound=Layer)


@dataclass(frozen=True, eq=False)
class Subject:
    """A network that is built, what it minimises, and how it moves.

    Options:  forms: the rounding of the quicker forms that its layers are the definitions of; 1 where they are not.
    """

    graph: Graph
    loss: Losses
    optimizer: Optimizer
    forms: float = 1.0

    @property
    def changes_gradients(self) -> bool:
        """Whether a step writes into the gradients that backward has given: a penalty adds to them, clipping cuts."""
        settings = self.optimizer
        return any(asked is not None for asked in (settings.penalty, settings.clip_norm, settings.clip_value))

    @property
    def rounding(self) -> float:
        """That of its least exact layer: see `Layer.rounding`."""
        return max([self.forms, *(node.layer.rounding() for node in self.graph.nodes)])

    def defined(self) -> "Subject":
        """The same by the arithmetic that defines its layers; itself, where no layer has a quicker form."""
        if not any(map(_definition, self.graph.nodes)):
            return self
        return replace(self.with_layers(_definition), forms=self.rounding)

    def astype(self, dtype: str) -> "Subject":
        """The same on a copy of the network in another dtype, or the same."""
        return replace(self, graph=self.graph.astype(dtype))

    def layers(self, kind: type[L]) -> tuple[L, ...]:
        """The layers of exactly this class: a subclass may be another choice already."""
        return tuple(node.layer for node in self.graph.nodes if type(node.layer) is kind)

    def with_layers(self, other: Callable[[Node], Layer | None]) -> "Subject":
        """The same on a copy of the network in which `other` gives some nodes another layer (None keeps it).

        The values are copied; the other layer has to keep parameters and buffers of the same names and shapes.
        """
        return replace(self, graph=self.graph.with_layers(other))

    def with_layer(self, kind: type[L], other: Callable[[L], Layer]) -> "Subject":
        """The same with another layer for each of exactly this class."""
        return self.with_layers(lambda node: other(node.layer) if type(node.layer) is kind else None)

    @property
    def fitting_loss(self) -> Loss:
        """The loss of its first head, in the form that fits what the head emits."""
        return next(iter(terms_of(self.loss, self.graph).values())).loss

    def with_loss(self, loss: Loss) -> "Subject":
        """The same with another loss of its first head."""
        terms = terms_of(self.loss, self.graph)
        first = next(iter(terms))
        return replace(self, loss={**terms, first: replace(terms[first], loss=loss)})

    def with_rule(self, **changes: object) -> "Subject":
        """The same with another update rule or other settings around it; it has taken no step."""
        return replace(self, optimizer=replace(self.optimizer, **changes))  # type: ignore[arg-type]

    def with_optimizer(self, kind: type[Optimizer]) -> "Subject":
        """The same with the optimizer's settings in a subclass of it that goes about them differently.

        Where it is another subclass already, `kind` goes before that one: both choices hold.
        """
        if isinstance(self.optimizer, kind):
            return self
        if type(self.optimizer) is not Optimizer:
            kind = type(kind.__name__, (kind, type(self.optimizer)), {})
        settings = {field.name: getattr(self.optimizer, field.name) for field in fields(self.optimizer) if field.init}
        return replace(self, optimizer=kind(**settings))


def _definition(node: Node) -> Layer | None:
    definition = node.layer.defined()
    return None if definition is node.layer else definition
