"""What training minimises and checks check: loss plus penalty of a network, as one function."""

import numpy as np
import numpy.typing as npt

from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.losses.base import Loss
from nnlab.losses.l2 import L2
from nnlab.models.graph import Graph, Tape


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

    def backprop(self, batch: Batch, ctx: Context) -> float:
        """The objective on a batch; its gradient is left in every parameter."""
        self.graph.zero_grad()
        y, tape = self.graph.forward(batch.inputs, ctx)
        loss, dy = self.mean_loss(y, batch.targets, ctx)
        self.backward(dy, tape, ctx)
        return loss + self.penalty_value()

    def mean_loss(self, y: Array, targets: Array, ctx: Context) -> tuple[float, Array]:
        """The mean loss over the batch, and its gradient with respect to the network's output."""
        ctx.node = type(self.loss).__name__
        if ctx.watch and self.loss.logarithmic:
            ctx.watch(ctx.node, "logarithm", y)
        loss, dy = self.loss(y, np.asarray(targets, y.dtype), ctx)
        if ctx.watch:
            ctx.watch(ctx.node, "loss", dy)
        return loss, dy

    def backward(self, dy: Array, tape: Tape, ctx: Context) -> None:
        """Adds the gradient of the whole objective to every parameter's."""
        self.graph.backward(dy, tape, ctx)
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
