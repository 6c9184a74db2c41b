"""What training minimises and checks check: loss plus penalty of a network, as one function."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.stopwatch import Timed, untimed
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.losses.base import Loss
from nnlab.losses.l2 import L2
from nnlab.models.graph import Graph, Tape
from nnlab.models.learner import WHOLE, Part


@dataclass(frozen=True, eq=False)
class Passed:
    """What a pass forward and back gave.

    Options:  loss: the mean over the batch.  penalty: what it adds.  y: the network's output.  tape: of the graph.
    """

    loss: float
    penalty: float
    y: Array
    tape: Tape

    @property
    def value(self) -> float:
        """The objective."""
        return self.loss + self.penalty


class Objective:
    """objective = mean over the batch of loss(graph(x), target) + penalty(parameters)

    Options:  loss: taken in the form that fits what the graph emits (`loss.of`).  penalty: None for none.
    """

    def __init__(self, graph: Graph, loss: Loss, penalty: L2 | None = None):
        self.graph, self.loss, self.penalty = graph, loss.of(graph.emits), penalty or L2(weight_decay=0.0)

    def value(self, batch: Batch, ctx: Context) -> float:
        """The objective on a batch."""
        y, _ = self.graph.forward(batch.inputs, ctx)
        loss, _ = self.mean_loss(y, batch.targets, ctx)
        return loss + self.penalty_value()

    def backprop(self, batch: Batch, ctx: Context, *, part: Part = WHOLE, timed: Timed = untimed) -> Passed:
        """The objective on a batch, whose gradient is left in every parameter: added, in a step of several batches."""
        if part.first:
            self.graph.zero_grad()
        penalty = timed("forward", self.penalty_value)

        y, tape = timed("forward", self.graph.forward, batch.inputs, ctx)
        loss, dy = timed("forward", self.mean_loss, y, batch.targets, ctx, part.share)
        timed("backward", self.backward, dy, tape, ctx, penalised=part.first)
        return Passed(loss, penalty, y, tape)

    def mean_loss(self, y: Array, targets: Array, ctx: Context, share: float = 1.0) -> tuple[float, Array]:
        """The mean loss over the batch, and the gradient of its share of a step with respect to the output."""
        ctx.node = type(self.loss).__name__
        if ctx.watch and self.loss.logarithmic:
            ctx.watch(ctx.node, "logarithm", y)
        loss, dy = self.loss(y, np.asarray(targets, y.dtype), ctx)
        if share != 1:
            dy = np.multiply(dy, share, out=ctx.empty(dy.shape, dy.dtype))
        if ctx.watch:
            ctx.watch(ctx.node, "loss", dy)
        return loss, dy

    def backward(self, dy: Array, tape: Tape, ctx: Context, *, penalised: bool = True) -> None:
        """Adds the gradient of the whole objective to every parameter's.

        Options:  penalised: whether the penalty's is among it, which belongs to a step once.
        """
        self.graph.backward(dy, tape, ctx)
        if penalised:
            self.penalty.add_gradient(self.graph.parameters)

    def penalty_value(self, *names: str) -> float:
        """What the penalty adds, for the parameters of these names; for all when none is named."""
        return self.penalty.value(p for p in self.graph.parameters if not names or p.name in names)

    def probabilities(self, y: Array) -> Array:
        """What the network's output says, as (batch, classes) probabilities, in memory of their own."""
        return softmax(y, out=np.empty_like(y)) if self.graph.emits == "logits" else y.copy()

    def astype(self, dtype: npt.DTypeLike) -> "Objective":
        """The same objective on an independent copy of the graph."""
        return Objective(self.graph.astype(dtype), self.loss, self.penalty)
