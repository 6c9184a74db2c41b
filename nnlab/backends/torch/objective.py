"""What training on torch minimises: the hand-written objective, its parts translated."""

from collections.abc import Mapping

import torch
from torch.nn import functional as F

from nnlab.backends.torch.devices import array_of
from nnlab.backends.torch.graph import TorchGraph, watch_gradient
from nnlab.backends.torch.losses import TORCH_LOSSES, TorchTarget, penalised
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.penalty import Penalty
from nnlab.models.learner import WHOLE, Part
from nnlab.models.objective import Objective


class TorchObjective:
    """objective = sum over heads of share * mean over the batch of loss(graph(x), target) + penalty(parameters)

    Options:  definition: the hand-written objective.  values: every parameter and buffer as a tensor, by name.
    Raises:  UsageError: when a layer or a loss has no translation.
    """

    def __init__(self, definition: Objective, values: Mapping[str, torch.Tensor]):
        self.definition, self.graph = definition, TorchGraph(definition.graph, values)
        self._losses = {name: TORCH_LOSSES.of(type(term.loss)) for name, term in definition.terms.items()}
        self._weights = {p.name: values[p.name] for p in definition.graph.parameters}
        self._penalised = {p.name: values[p.name] for p in definition.graph.parameters if p.penalised}

    def mean_loss(
        self, outputs: Mapping[str, torch.Tensor], targets: Mapping[str, TorchTarget], ctx: Context
    ) -> torch.Tensor:
        """The mean loss over the batch, as a scalar to differentiate."""
        parts = [self._part(name, y, targets[name], ctx) for name, y in outputs.items() if name in self._losses]
        return parts[0] if len(parts) == 1 else torch.stack(parts).sum()

    def _part(self, head: str, y: torch.Tensor, target: TorchTarget, ctx: Context) -> torch.Tensor:
        term = self.definition.terms[head]
        if ctx.watch:
            if term.loss.logarithmic:
                ctx.watch(term.node(head), "logarithm", array_of(y))
            y = y.view_as(y)  # a tensor of its own: its gradient comes before the output node's
            watch_gradient(y, ctx.watch, term.node(head), "loss")
        loss = self._losses[head](term.loss, y, target)
        return loss if term.share == 1 else loss * term.share

    def penalty_value(self, *names: str) -> float:
        """What the penalty adds, for the parameters of these names; for all when none is named."""
        penalty = self.definition.penalty
        if not (penalty.weight_decay or penalty.l1):
            return 0.0
        with torch.no_grad():
            return float(penalised(penalty, [w for name, w in self._penalised.items() if not names or name in names]))

    def backward(self, loss: torch.Tensor, part: Part = WHOLE) -> None:
        """Adds the gradient of the whole objective to every weight's, given the mean loss."""
        (loss if part.share == 1 else loss * part.share).backward()
        penalty = self.definition.penalty
        with torch.no_grad():
            for name, weight in self._weights.items():
                if weight.grad is None:  # the loss does not depend on it
                    weight.grad = torch.zeros_like(weight)
                if part.first and name in self._penalised:
                    _add_gradient(penalty, weight)

    def read(self, outputs: Mapping[str, torch.Tensor]) -> dict[str, Array]:
        """What the heads say, in memory of its own: probabilities, also where they give logits, or values."""
        heads = self.definition.graph.heads
        return {
            name: array_of(F.softmax(y.detach(), dim=-1) if heads[name].emits == "logits" else y.detach().clone())
            for name, y in outputs.items()
        }


def _add_gradient(penalty: Penalty, weight: torch.Tensor) -> None:
    """dw += weight_decay w + l1 sign w"""
    if penalty.weight_decay:
        weight.grad.add_(weight, alpha=penalty.weight_decay)
    if penalty.l1:
        weight.grad.add_(weight.sign(), alpha=penalty.l1)
