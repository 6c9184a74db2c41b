"""The update rules as torch's own optimizers, and what nnlab's optimizer has around every rule."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nnlab.backends.torch.devices import array_of
from nnlab.core.errors import UsageError
from nnlab.core.parameter import Parameter
from nnlab.core.translations import Translations
from nnlab.core.types import Array
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.exponential_decay import ExponentialDecay
from nnlab.optimizers.momentum import Momentum
from nnlab.optimizers.optimizer import Optimizer
from nnlab.optimizers.rms_prop import RMSProp

Groups = list[dict[str, Any]]
"""Torch's parameter groups: "params", and where a rule decouples it "weight_decay"."""


@dataclass(frozen=True)
class TorchRule:
    """What stands for an update rule.

    Options:  make: torch's optimizer for parameter groups; the learning rate is set before every step.
              slots: torch's name of each slot of the rule ("m": "exp_avg").
    """

    make: Callable[[Any, Groups], torch.optim.Optimizer]
    slots: Mapping[str, str]


TORCH_RULES: Translations[TorchRule] = Translations("optimizer", "torch")
"""The translation of each update rule, by its exact class."""

MOMENTS = {"m": "exp_avg", "v": "exp_avg_sq"}


def _descent(rule: UpdateRule, groups: Groups) -> torch.optim.Optimizer:
    """w = w - rate dw"""
    return torch.optim.SGD(groups, lr=0.0, fused=True)


def _momentum(rule: Momentum, groups: Groups) -> torch.optim.Optimizer:
    """Torch keeps no velocity where the decay is 0; the smallest number there is keeps one that forgets everything."""
    return torch.optim.SGD(groups, lr=0.0, momentum=rule.decay or 5e-324, fused=True)


def _rms_prop(rule: RMSProp, groups: Groups) -> torch.optim.Optimizer:
    return torch.optim.RMSprop(groups, lr=0.0, alpha=rule.decay, eps=rule.epsilon)


def _adam(rule: Adam, groups: Groups) -> torch.optim.Optimizer:
    """Fused: one pass over the memory instead of a dozen, several times as fast on a processor too."""
    return torch.optim.Adam(groups, lr=0.0, betas=(rule.beta1, rule.beta2), eps=rule.epsilon, fused=True)


def _adam_w(rule: AdamW, groups: Groups) -> torch.optim.Optimizer:
    return torch.optim.AdamW(groups, lr=0.0, betas=(rule.beta1, rule.beta2), eps=rule.epsilon, fused=True)


TORCH_RULES.register(Constant)(TorchRule(_descent, {}))
TORCH_RULES.register(ExponentialDecay)(TorchRule(_descent, {}))  # its decay is a schedule, and goes into the rate
TORCH_RULES.register(Momentum)(TorchRule(_momentum, {"v": "momentum_buffer"}))
TORCH_RULES.register(RMSProp)(TorchRule(_rms_prop, {"v": "square_avg"}))
TORCH_RULES.register(Adam)(TorchRule(_adam, MOMENTS))
TORCH_RULES.register(AdamW)(TorchRule(_adam_w, MOMENTS))


class TorchOptimizer:
    """nnlab's optimizer over tensors: the same rate, clipping and decoupled decay around torch's update.

    Options:  optimizer: its settings; its own memory is not used.  weights: the parameters, as nnlab has them and as
                  torch has them.
    """

    def __init__(self, optimizer: Optimizer, weights: Sequence[tuple[Parameter, torch.Tensor]]):
        self.settings, self._weights, self.steps = optimizer, tuple(weights), 0
        self._translated = TORCH_RULES.of(type(optimizer.rule))
        self._tensors = [tensor for _, tensor in weights]
        decay = optimizer.weight_decay if optimizer.rule.decoupled else 0.0
        groups = [
            {"params": [t for p, t in weights if p.penalised is penalised], "weight_decay": decay if penalised else 0.0}
            for penalised in (True, False)
        ]
        self._torch = self._translated.make(optimizer.rule, [group for group in groups if group["params"]])

    def zero_grad(self) -> None:
        """Forgets the gradients of the step before."""
        for tensor in self._tensors:
            tensor.grad = None

    def step(self, *, epoch: int, epochs: int) -> None:
        """Changes every parameter by its gradient. Clipping changes the gradients too."""
        self.steps += 1
        with torch.no_grad():
            self._clip()
        for group in self._torch.param_groups:
            group["lr"] = self.settings.rate(epoch, epochs)
        self._torch.step()

    def _clip(self) -> None:
        """As nnlab clips: torch's own clip_grad_norm_ adds 1e-6 to the length."""
        longest, largest = self.settings.clip_norm, self.settings.clip_value
        gradients = [tensor.grad for tensor in self._tensors if tensor.grad is not None]
        if longest is not None:
            length = _length(gradients)
            if length > longest:
                torch._foreach_mul_(gradients, longest / length)
        if largest is not None:
            torch.nn.utils.clip_grad_value_(self._tensors, largest)

    def state(self) -> dict[str, Array]:
        """Copies of what it remembers, "<parameter>/<slot>", and "step"."""
        named = {
            f"{parameter.name}/{slot}": array_of(kept[name]).copy()
            for parameter, tensor in self._weights
            if (kept := self._torch.state.get(tensor))
            for slot, name in self._translated.slots.items()
        }
        return named | {"step": np.asarray(self.steps)}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes over what `state` gave, whichever backend it was. Raises UsageError: when it does not fit."""
        judge = self.settings.fresh()
        judge.load_state(state)  # says what is missing or does not belong
        self.steps = judge.steps
        self._torch.state.clear()
        for parameter, tensor in self._weights:
            names = {name: f"{parameter.name}/{slot}" for slot, name in self._translated.slots.items()}
            if not names or not all(key in state for key in names.values()):
                continue
            for key in names.values():
                if state[key].shape != tuple(tensor.shape):
                    raise UsageError(
                        f"saved with shape {state[key].shape}, but the parameter has {tuple(tensor.shape)}",
                        where=key,
                        hint="resume with the model that was saved",
                    )
            kept = {name: torch.tensor(state[key]).to(tensor) for name, key in names.items()}
            self._torch.state[tensor] = {"step": torch.tensor(float(self.steps)).to(tensor.device), **kept}


def _length(gradients: Sequence[torch.Tensor]) -> float:
    """The length of all gradients together; in float64 where float32 cannot hold it."""
    length = float(torch.nn.utils.get_total_norm(gradients))
    return length if math.isfinite(length) else float(torch.nn.utils.get_total_norm([g.double() for g in gradients]))
