"""The objective on torch as a gradient check sees it: a float64 twin whose gradient autograd computes."""

from collections.abc import Mapping
from typing import Any

import torch

from nnlab.backends.torch.devices import array_of, one_thread, tensor_of
from nnlab.backends.torch.losses import TorchTarget
from nnlab.backends.torch.objective import TorchObjective
from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.objective import Objective


class TorchProbe:
    """An objective on some samples, in float64 and in training mode, its dropout masks fixed.

    `value` starts at the node of the parameter that changed: outputs before it are those of the first pass, made here.

    Where layers round, what rounding added in the first pass is held, as in the hand-written probe.

    Options:  definition: the hand-written objective, a float64 copy that is the probe's own: its arrays are what the
                  check changes. On the processor torch works on the same memory.
              batch: float64.  rng: the streams of the training step.
    """

    @one_thread()
    def __init__(self, definition: Objective, batch: Batch, *, rng: Rng, device: torch.device):
        self._rng, self._device, self._held = rng, device, dict[str, Any]()
        self._arrays = {p.name: p.value for p in definition.graph.parameters}
        kept = {other.name: other.value for other in definition.graph.others}
        self._values = {name: tensor_of(value, device) for name, value in (self._arrays | kept).items()}
        self._weights = {name: self._values[name].requires_grad_() for name in self._arrays}
        self._objective = TorchObjective(definition, self._values)
        self._targets = {
            name: TorchTarget.of(target, lambda array: tensor_of(array, device))
            for name, target in batch.targets.items()
        }
        self._inputs = tensor_of(batch.inputs, device)
        with torch.no_grad():
            _, self._first = self._objective.graph.forward(self._inputs, self._context())
        self._penalties = {name: self._objective.penalty_value(name) for name in self._arrays}

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The float64 values by name; change elements in place and put them back."""
        return self._arrays

    @one_thread()
    def gradients(self) -> Mapping[str, Array]:
        """Autograd's gradient at the values as they are now, the penalty's added, by the same names."""
        self._take(*self._arrays)
        for weight in self._weights.values():
            weight.grad = None
        ctx = self._context()
        with torch.enable_grad():  # in the middle of a backward pass torch has it off
            outputs, _ = self._objective.graph.forward(self._inputs, ctx)
            self._objective.backward(self._objective.mean_loss(outputs, self._targets, ctx))
        return {name: array_of(weight.grad) for name, weight in self._weights.items()}

    @one_thread()
    def value(self, changed: str | None = None) -> float:
        """The objective with the parameters as they are now; `changed` names the only one that differs from its
        first value (None: any may)."""
        ctx, graph = self._context(), self._objective.graph
        with torch.no_grad():
            if changed is None:
                self._take(*self._arrays)
                outputs, _ = graph.forward(self._inputs, ctx)
                return float(self._objective.mean_loss(outputs, self._targets, ctx)) + self._objective.penalty_value()
            self._take(changed)
            outputs = graph.forward_from(graph.definition.node_of(changed), self._first, ctx)
            loss = float(self._objective.mean_loss(outputs, self._targets, ctx))
        others = sum(penalty for name, penalty in self._penalties.items() if name != changed)
        return loss + others + self._objective.penalty_value(changed)

    def _take(self, *names: str) -> None:
        """Takes over what was changed in the arrays, where the device has memory of its own."""
        if self._device.type != "cpu":
            with torch.no_grad():
                for name in names:
                    self._weights[name].copy_(torch.from_numpy(self._arrays[name]))

    def _context(self) -> Context:
        """The step's masks again."""
        return Context(training=True, rng=self._rng, held=self._held)
