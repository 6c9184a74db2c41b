"""The update rules as torch's own optimizers, and what nnlab's optimizer has around every rule."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nnlab.backends.torch.devices import CPU, array_of, tensor_of
from nnlab.core.errors import UsageError
from nnlab.core.parameter import Parameter
from nnlab.core.translations import Translations
from nnlab.core.types import Array
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW
from nnlab.optimizers.averaging import AVERAGE, kept_share
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.exponential_decay import ExponentialDecay
from nnlab.optimizers.lion import Lion
from nnlab.optimizers.momentum import Momentum
from nnlab.optimizers.optimizer import Optimizer, halvings_in, late_step_in
from nnlab.optimizers.rms_prop import RMSProp

Form = Mapping[str, bool]
"""How torch goes over the weights: {"fused": True}, {"foreach": True}, or one by one."""

FUSED: Form = {"fused": True}
"""One pass over the memory instead of a dozen, several times as fast on a processor too."""

Groups = list[dict[str, Any]]
"""Torch's parameter groups: "params", and where a rule decouples it "weight_decay"."""


@dataclass(frozen=True)
class TorchRule:
    """What stands for an update rule.

    Options:  make: torch's optimizer for parameter groups, in a form of the update; the learning rate is set before
                  every step.
              slots: torch's name of each slot of the rule ("m": "exp_avg").
    """

    make: Callable[[Any, Groups, Form], torch.optim.Optimizer]
    slots: Mapping[str, str]


TORCH_RULES: Translations[TorchRule] = Translations("optimizer", "torch")
"""The translation of each update rule, by its exact class."""

MOMENTS = {"m": "exp_avg", "v": "exp_avg_sq"}


def _descent(rule: UpdateRule, groups: Groups, form: Form) -> torch.optim.Optimizer:
    """w = w - rate dw"""
    return torch.optim.SGD(groups, lr=0.0, **form)


def _momentum(rule: Momentum, groups: Groups, form: Form) -> torch.optim.Optimizer:
    """Torch keeps no velocity where the decay is 0; the smallest number there is keeps one that forgets everything."""
    return torch.optim.SGD(groups, lr=0.0, momentum=rule.decay or 5e-324, nesterov=rule.nesterov, **form)


def _rms_prop(rule: RMSProp, groups: Groups, form: Form) -> torch.optim.Optimizer:
    """Torch has no fused one."""
    return torch.optim.RMSprop(groups, lr=0.0, alpha=rule.decay, eps=rule.epsilon, foreach=form.get("foreach"))


def _adam(rule: Adam, groups: Groups, form: Form) -> torch.optim.Optimizer:
    return torch.optim.Adam(groups, lr=0.0, betas=(rule.beta1, rule.beta2), eps=rule.epsilon, **form)


def _adam_w(rule: AdamW, groups: Groups, form: Form) -> torch.optim.Optimizer:
    return torch.optim.AdamW(groups, lr=0.0, betas=(rule.beta1, rule.beta2), eps=rule.epsilon, **form)


class _Lion(torch.optim.Optimizer):  # type: ignore[misc]  # which torch gives no type
    """Torch has none of its own: the formula over its parameter groups."""

    def __init__(self, groups: Groups, betas: tuple[float, float]):
        super().__init__(groups, {"lr": 0.0, "betas": betas})

    def step(self, closure: Any = None) -> None:
        """w and m."""
        with torch.no_grad():
            for group in self.param_groups:
                beta1, beta2 = group["betas"]
                for w in group["params"]:
                    if w.grad is None:
                        continue
                    kept = self.state[w]
                    if "exp_avg" not in kept:
                        kept["exp_avg"] = torch.zeros_like(w)
                    m = kept["exp_avg"]
                    w.mul_(1 - group["lr"] * group["weight_decay"])
                    w.sub_((m * beta1 + w.grad * (1 - beta1)).sign_(), alpha=group["lr"])
                    m.mul_(beta2).add_(w.grad, alpha=1 - beta2)


def _lion(rule: Lion, groups: Groups, form: Form) -> torch.optim.Optimizer:
    return _Lion(groups, (rule.beta1, rule.beta2))


TORCH_RULES.register(Constant)(TorchRule(_descent, {}))
TORCH_RULES.register(ExponentialDecay)(TorchRule(_descent, {}))  # its decay is a schedule, and goes into the rate
TORCH_RULES.register(Momentum)(TorchRule(_momentum, {"v": "momentum_buffer"}))
TORCH_RULES.register(RMSProp)(TorchRule(_rms_prop, {"v": "square_avg"}))
TORCH_RULES.register(Adam)(TorchRule(_adam, MOMENTS))
TORCH_RULES.register(AdamW)(TorchRule(_adam_w, MOMENTS))
TORCH_RULES.register(Lion)(TorchRule(_lion, {"m": "exp_avg"}))


@dataclass(frozen=True, eq=False)
class _Weight:
    """A parameter as nnlab has it, and the tensor that the network reads it from."""

    parameter: Parameter
    tensor: torch.Tensor

    def turned(self, tensor: torch.Tensor) -> torch.Tensor:
        """A tensor of this weight's layout in one piece, as torch's fused updates take it without copying; called on
        that, what it was."""
        return tensor if self.tensor.is_contiguous() else tensor.t()


class TorchOptimizer:
    """nnlab's optimizer over tensors: the same rate, clipping and decoupled decay around torch's update.

    Options:  optimizer: its settings; its own memory is not used.  weights: the parameters, as nnlab has them and as
                  torch has them.  buffers: averaged with the weights, where that is asked for.
              form: how torch goes over them.  zeroes: whether gradients are set to zero, and not let go of.
    Raises:   UsageError: when the update rule has no translation.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        weights: Sequence[tuple[Parameter, torch.Tensor]],
        buffers: Mapping[str, torch.Tensor] | None = None,
        *,
        form: Form = FUSED,
        zeroes: bool = False,
    ):
        self.settings, self.steps, self._zeroes = optimizer, 0, zeroes
        self._averaged = {p.name: tensor.detach() for p, tensor in weights} | dict(buffers or {})
        self._averages: dict[str, torch.Tensor] = {}
        self._translated = TORCH_RULES.of(type(optimizer.rule))
        self._moved = {w.turned(w.tensor.detach()): w for w in (_Weight(*pair) for pair in weights)}
        self._torch = self._translated.make(optimizer.rule, self._groups(), form)

    def _groups(self) -> Groups:
        """Those that decay and those that do not, where the rule decouples the decay; else all together."""
        decay = self.settings.weight_decay if self.settings.rule.decoupled else 0.0
        groups: dict[float, list[torch.Tensor]] = {}
        for moved, weight in self._moved.items():
            groups.setdefault(decay if weight.parameter.penalised else 0.0, []).append(moved)
        return [{"params": params, "weight_decay": decay} for decay, params in groups.items()]

    def zero_grad(self) -> None:
        """Forgets the gradients of the step before."""
        for moved, weight in self._moved.items():
            if self._zeroes and weight.tensor.grad is not None:
                weight.tensor.grad.zero_()
            else:
                weight.tensor.grad = moved.grad = None

    def step(self, *, epoch: int, epochs: int) -> None:
        """Changes every parameter by its gradient. Clipping changes the gradients too."""
        self.steps += 1
        if self.settings.ema and not self._averages:
            self._averages = {name: tensor.clone() for name, tensor in self._averaged.items()}
        for moved, weight in self._moved.items():
            moved.grad = None if weight.tensor.grad is None else weight.turned(weight.tensor.grad)
        self._clip()
        for group in self._torch.param_groups:
            group["lr"] = self.settings.rate(epoch, epochs)
        self._torch.step()
        for name, average in self._averages.items():
            average.lerp_(self._averaged[name], 1 - kept_share(self.settings.ema, self.steps))

    def _clip(self) -> None:
        """As nnlab clips: torch's own clip_grad_norm_ adds 1e-6 to the length."""
        longest, largest = self.settings.clip_norm, self.settings.clip_value
        if longest is not None:
            gradients = [moved.grad for moved in self._moved if moved.grad is not None]
            length = _length(gradients)
            if length > longest:
                for gradient in gradients:
                    gradient.mul_(longest / length)
        if largest is not None:
            torch.nn.utils.clip_grad_value_(self._moved, largest)

    def state(self) -> dict[str, Array]:
        """Copies of what it remembers, "<parameter>/<slot>", and "step"."""
        return {name: array.copy(order="K") for name, array in self.held().items()}

    def held(self) -> dict[str, Array]:
        """What `state` gives copies of, on the processor by reference."""
        named = {
            f"{weight.parameter.name}/{slot}": array_of(weight.turned(kept[name]))
            for moved, weight in self._moved.items()
            if (kept := self._torch.state.get(moved))
            for slot, name in self._translated.slots.items()
        }
        averages = {f"{name}/{AVERAGE}": array_of(average) for name, average in self._averages.items()}
        return named | averages | self.settings.counted | {"step": np.asarray(self.steps)}

    def unfreeze(self) -> None:
        """Has what was frozen begin with the next step: torch counts the steps of each weight by itself."""
        self.settings.steps = self.steps
        self.settings.unfreeze()

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes over what `state` gave, whichever backend it was. Raises UsageError: when it does not fit."""
        self.settings.names_in(state)  # says what is missing or does not belong
        loaded = {moved: kept for moved in self._moved if (kept := self._loaded(moved, state))}
        self._averages = self._loaded_averages(state)
        self.steps, self.settings.late_step = int(state["step"]), late_step_in(state)
        self.settings.halvings = halvings_in(state)
        self._torch.state.clear()
        for moved, kept in loaded.items():
            taken = self.steps - self.settings.began(self._moved[moved].parameter.name)
            self._torch.state[moved] = {"step": torch.tensor(float(taken), device=moved.device), **kept}

    def _loaded(self, moved: torch.Tensor, state: Mapping[str, Array]) -> dict[str, torch.Tensor]:
        """What torch is to remember of one weight, in the memory it has for it; nothing where nothing was saved."""
        weight, before = self._moved[moved], self._torch.state.get(moved, {})
        kept: dict[str, torch.Tensor] = {}
        for slot, name in self._translated.slots.items():
            key = f"{weight.parameter.name}/{slot}"
            if key not in state:
                return {}
            _require_shape(key, state[key], weight.tensor)
            kept[name] = before[name] if name in before else torch.empty_like(moved)
            weight.turned(kept[name]).copy_(tensor_of(state[key], CPU))
        return kept

    def _loaded_averages(self, state: Mapping[str, Array]) -> dict[str, torch.Tensor]:
        """The averages that were saved, in memory of their own; what has none begins as it is, if others have one."""
        found = self.settings.averages_in(state)
        averages = {name: tensor.clone() for name, tensor in self._averaged.items()} if found else {}
        for name in averages.keys() & found.keys():
            _require_shape(f"{name}/{AVERAGE}", found[name], averages[name])
            averages[name].copy_(tensor_of(found[name], CPU))
        return averages


def _require_shape(key: str, saved: Array, tensor: torch.Tensor) -> None:
    """Raises UsageError: when what was saved is not of a tensor's shape."""
    if saved.shape != tuple(tensor.shape):
        raise UsageError(
            f"saved with shape {saved.shape}, but the parameter has {tuple(tensor.shape)}",
            where=key,
            hint="resume with the model that was saved",
        )


def _length(gradients: Sequence[torch.Tensor]) -> float:
    """The length of all gradients together; in float64 where float32 cannot hold it."""
    length = float(torch.nn.utils.get_total_norm(gradients))
    return length if math.isfinite(length) else float(torch.nn.utils.get_total_norm([g.double() for g in gradients]))
