"""What training minimises and checks check: the losses of a network's heads plus its penalty, as one function."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.core.batch import Batch, Target
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT
from nnlab.core.stopwatch import Timed, untimed
from nnlab.core.types import Array, Shape
from nnlab.losses.base import Loss, Losses, Term
from nnlab.losses.penalty import Penalty
from nnlab.models.graph import Graph
from nnlab.models.learner import WHOLE, Part
from nnlab.models.tape import Tape

Outputs = Mapping[str, Array]
"""What each head of a network gives."""


@dataclass(frozen=True, eq=False)
class Passed:
    """What a pass forward and back gave.

    Options:  loss: the mean over the batch.  penalty: what it adds.
    """

    loss: float
    penalty: float
    outputs: Outputs

    @property
    def value(self) -> float:
        """The objective."""
        return self.loss + self.penalty


def terms_of(loss: Losses, graph: Graph) -> dict[str, Term]:
    """Each head's part of the objective, its loss in the form that fits what the head emits (`loss.of`).

    Options:  loss: of the one head, or the terms by head; None for a head that is read, and not learnt from.
    Raises:  UsageError: when the heads are not those that there are terms of.
    """
    asked: Mapping[str, Term | None] = {OUTPUT: Term(loss)} if isinstance(loss, Loss) else loss
    if asked.keys() != graph.heads.keys():
        there, wanted = (", ".join(names) for names in (graph.heads, asked))
        raise UsageError(f"the network has the heads {there}, and the losses are of {wanted}", where="loss")
    return {
        name: Term(term.loss.of(graph.heads[name].emits), term.share)
        for name, term in asked.items()
        if term is not None
    }


class Objective:
    """objective = sum over heads of share * mean over the batch of loss(graph(x), target) + penalty(parameters)

    Options:  loss: of the one head, or a term for each.  penalty: None for none.
    """

    def __init__(self, graph: Graph, loss: Losses, penalty: Penalty | None = None):
        self.graph, self.terms, self.penalty = graph, terms_of(loss, graph), penalty or Penalty(weight_decay=0.0)

    def at(self, in_shape: Shape) -> "Objective":
        """The same of samples of another size, with the same parameters; itself where it is the network's own.

        Raises:  ShapeError, UsageError: as `Graph.at`.
        """
        graph = self.graph.at(in_shape)
        return self if graph is self.graph else self._of(graph)

    def value(self, batch: Batch, ctx: Context) -> float:
        """The objective on a batch."""
        outputs = self.graph.outputs(batch.inputs, ctx)
        loss, _ = self.mean_loss(outputs, batch.targets, ctx)
        return loss + self.penalty_value()

    def backprop(
        self, batch: Batch, ctx: Context, *, part: Part = WHOLE, timed: Timed = untimed, observe: bool = False
    ) -> Passed:
        """The objective on a batch, whose gradient is left in every parameter: added, in a step of several batches.

        Options:  observe: whether running statistics take the batch in.
        """
        if part.first:
            self.graph.zero_grad()
        penalty = timed("forward", self.penalty_value)

        outputs, tape = timed("forward", self.graph.forward, batch.inputs, ctx)
        loss, dys = timed("forward", self.mean_loss, outputs, batch.targets, ctx, part.share)
        observed = self.graph.observed(tape) if observe else None  # backward uses up the tape
        timed("backward", self.backward, dys, tape, ctx, penalised=part.first)
        if observed is not None:  # not before: a step that is broken off leaves all as it was
            self.graph.move_buffers(observed)
        return Passed(loss, penalty, outputs)

    def mean_loss(
        self, outputs: Outputs, targets: Mapping[str, Target], ctx: Context, share: float = 1.0
    ) -> tuple[float, dict[str, Array]]:
        """The mean loss over the batch, and the gradient of its share in a step with respect to what each head gave."""
        total, dys = 0.0, dict[str, Array]()
        for name, term in self.terms.items():
            loss, dy = self._term(name, term, outputs[name], targets[name], ctx, share)
            total, dys[name] = total + term.share * loss, dy
        return total, dys

    def each(self, outputs: Outputs, targets: Mapping[str, Target], ctx: Context) -> Array:
        """The loss of each sample by itself, as that of a batch of one; where one compares samples, beside the others.

        Shapes:  result: (batch,), float64
        """
        parts = [
            term.share * term.loss.each(outputs[name], targets[name].astype(outputs[name].dtype), ctx)
            for name, term in self.terms.items()
        ]
        summed: Array = np.sum(parts, axis=0)
        return summed

    def _term(self, name: str, term: Term, y: Array, target: Target, ctx: Context, share: float) -> tuple[float, Array]:
        ctx.node = term.node(name)
        if ctx.watch and term.loss.logarithmic:
            ctx.watch(ctx.node, "logarithm", y)
        loss, dy = term.loss(y, target.astype(y.dtype), ctx)
        if (whole := share * term.share) != 1:
            dy = np.multiply(dy, whole, out=ctx.empty(dy.shape, dy.dtype))
        if ctx.watch:
            ctx.watch(ctx.node, "loss", dy)
        return loss, dy

    def backward(self, dys: Mapping[str, Array], tape: Tape, ctx: Context, *, penalised: bool = True) -> None:
        """Adds the gradient of the whole objective to every parameter's.

        Options:  penalised: whether the penalty's is among it, which belongs to a step once.
        """
        self.graph.backward(dys, tape, ctx)
        if penalised:
            self.penalty.add_gradient(self.graph.parameters)

    def penalty_value(self, *names: str) -> float:
        """What the penalty adds, for the parameters of these names; for all when none is named."""
        return self.penalty.value(p for p in self.graph.parameters if not names or p.name in names)

    def read(self, outputs: Outputs) -> dict[str, Array]:
        """What the heads say, in memory of its own: probabilities, also where they give logits, or values."""
        return self.graph.read(outputs)

    def astype(self, dtype: npt.DTypeLike) -> "Objective":
        """The same objective on an independent copy of the graph."""
        return self._of(self.graph.astype(dtype))

    def _of(self, graph: Graph) -> "Objective":
        """The same of another form of the network, whose heads are these: some have no term."""
        return Objective(graph, {head: self.terms.get(head) for head in graph.heads}, self.penalty)
