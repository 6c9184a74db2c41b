"""What training on torch minimises: the hand-written objective, its parts translated."""

from collections.abc import Mapping

import torch
from torch.nn import functional as F

from nnlab.backends.torch.devices import array_of
from nnlab.backends.torch.graph import TorchGraph, watch_gradient
from nnlab.backends.torch.losses import TORCH_LOSSES, l2
from nnlab.core.context import Context
from nnlab.models.learner import WHOLE, Part
from nnlab.models.objective import Objective


class TorchObjective:
    """objective = mean over the batch of loss(graph(x), target) + penalty(parameters)

    Options:  definition: the hand-written objective.  values: every parameter and buffer as a tensor, by name.
    Raises:  UsageError: when a layer or the loss has no translation.
    """

    def __init__(self, definition: Objective, values: Mapping[str, torch.Tensor]):
        self.definition, self.graph = definition, TorchGraph(definition.graph, values)
        self._loss = TORCH_LOSSES.of(type(definition.loss))
        self._weights = {p.name: values[p.name] for p in definition.graph.parameters}
        self._penalised = {p.name: values[p.name] for p in definition.graph.parameters if p.penalised}

    def mean_loss(self, y: torch.Tensor, targets: torch.Tensor, ctx: Context) -> torch.Tensor:
        """The mean loss over the batch, as a scalar to differentiate."""
        loss, name = self.definition.loss, type(self.definition.loss).__name__
        if ctx.watch:
            if loss.logarithmic:
                ctx.watch(name, "logarithm", array_of(y))
            y = y.view_as(y)  # a tensor of its own: its gradient comes before the output node's
            watch_gradient(y, ctx.watch, name, "loss")
        return self._loss(loss, y, targets.to(y.dtype))

    def penalty_value(self, *names: str) -> float:
        """What the penalty adds, for the parameters of these names; for all when none is named."""
        penalty = self.definition.penalty
        if not penalty.weight_decay:
            return 0.0
        with torch.no_grad():
            return float(l2(penalty, [w for name, w in self._penalised.items() if not names or name in names]))

    def backward(self, loss: torch.Tensor, part: Part = WHOLE) -> None:
        """Adds the gradient of the whole objective to every weight's, given the mean loss."""
        (loss if part.share == 1 else loss * part.share).backward()
        decay = self.definition.penalty.weight_decay if part.first else 0.0
        with torch.no_grad():
            for name, weight in self._weights.items():
                if weight.grad is None:  # the loss does not depend on it
                    weight.grad = torch.zeros_like(weight)
                if decay and name in self._penalised:
                    weight.grad.add_(weight, alpha=decay)

    def probabilities(self, y: torch.Tensor) -> torch.Tensor:
        """What the network's output says, as (batch, classes) probabilities, in memory of their own."""
        logits = self.definition.graph.emits == "logits"
        return F.softmax(y.detach(), dim=-1) if logits else y.detach().clone()
