"""What every update rule must do: follow its written recurrence, alone and with all that the optimizer adds."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from nnlab.checks.findings import EXACT, Finding, must, relative
from nnlab.core.component import make
from nnlab.core.parameter import Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.optimizers.averaging import AVERAGE
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.optimizer import Optimizer

EPOCHS: Final = 3
STEPS_PER_EPOCH: Final = 3
RATE: Final = 0.05

AROUND: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"weight_decay": 0.1},
    {"clip_norm": 0.5},
    {"clip_value": 0.3, "weight_decay": 0.02, "ema": 0.5},
)
"""What the optimizer is asked to do besides the rule."""

TINY: Final = 1e-7
"""The scale of some gradients: there an epsilon in the wrong place shows."""


def optimizer_findings(
    cls: type[UpdateRule], seed: int = 0, examples: Sequence[Mapping[str, Any]] | None = None
) -> Iterator[Finding]:
    """Everything that is looked at in one class of update rules, over its examples or those given."""
    for options in cls.examples() if examples is None else examples:
        said = "".join(f"{key}={value} " for key, value in options.items())
        for around in AROUND:
            where = f"{said}{' '.join(f'{key}={value}' for key, value in around.items()) or 'alone'}"
            yield from _recurrence(make(cls, options), around, Rng(seed).at(cls.__name__), where)
        yield from _elementwise(make(cls, options), Rng(seed).at(cls.__name__, "slices"), said or "defaults")


def _recurrence(rule: UpdateRule, around: dict[str, Any], rng: Rng, where: str) -> Iterator[Finding]:
    """Several steps of two parameters, one penalised and one not, against the same in plain Python."""
    if not _written(rule):
        yield must(True, "it writes no recurrence down: held only against itself, in slices")
        return
    generator = rng.generator()
    optimizer = Optimizer(rule, learning_rate=RATE, **around)
    decoupled = rule.decoupled and bool(around.get("weight_decay"))
    penalty = optimizer.penalty
    joins = penalty.weight_decay if penalty else 0.0
    expected = 0.0 if rule.decoupled else around.get("weight_decay", 0.0)
    yield must(joins == expected, f"{where}: the decay that joins the objective is {joins:g}, should be {expected:g}")
    parameters = [
        Parameter("penalised", generator.standard_normal((3, 2))),
        Parameter("free", generator.standard_normal(3), penalised=False),
    ]
    weights: list[list[float]] = [parameter.value.reshape(-1).tolist() for parameter in parameters]
    averages = [list(row) for row in weights]
    memory = [[tuple(0.0 for _ in rule.slots) for _ in row] for row in weights]
    for step in range(1, EPOCHS * STEPS_PER_EPOCH + 1):
        epoch = (step - 1) // STEPS_PER_EPOCH
        for parameter in parameters:
            parameter.zero_grad()
            scales = np.where(np.arange(parameter.value.size) % 3 == 0, TINY, 1.0).reshape(parameter.value.shape)
            parameter.add(generator.standard_normal(parameter.value.shape) * scales)
        gradients = _clipped([parameter.grad.reshape(-1).tolist() for parameter in parameters], around)
        optimizer.step(parameters, epoch=epoch, epochs=EPOCHS)
        schedule = rule.schedule()
        rate = RATE * (schedule.factor(epoch, EPOCHS) if schedule else 1.0)
        for row, parameter in enumerate(parameters):
            for i, dw in enumerate(gradients[row]):
                if decoupled and parameter.penalised:
                    weights[row][i] -= rate * around["weight_decay"] * weights[row][i]
                written = rule.recurrence(weights[row][i], dw, memory[row][i], rate=rate, step=step)
                assert written is not None
                weights[row][i], memory[row][i] = written
                averages[row][i] = _averaged(averages[row][i], weights[row][i], around.get("ema", 0.0), step)
            error = _worst(parameter.value, weights[row])
            yield Finding(f"{where}: step {step} of a {parameter.name} weight against the recurrence", error, EXACT)
            kept = optimizer.held().get(f"{parameter.name}/{AVERAGE}", parameter.value)
            error = _worst(kept, averages[row])
            yield Finding(f"{where}: step {step} of a {parameter.name} weight's average as it is written", error, EXACT)


def _averaged(average: float, weight: float, ema: float, step: int) -> float:
    """The average as it is written."""
    share = min(ema, (1 + step) / (10 + step))
    return share * average + (1 - share) * weight


def _written(rule: UpdateRule) -> bool:
    """Whether the rule has a recurrence to hold it against; another package's may not."""
    return rule.recurrence(0.5, 0.1, tuple(0.0 for _ in rule.slots), rate=RATE, step=1) is not None


def _worst(values: Array, written: list[float]) -> float:
    """The largest relative difference of one weight; NaN counts as the largest."""
    errors = [relative(one, other) for one, other in zip(values.reshape(-1).tolist(), written, strict=True)]
    return math.nan if any(math.isnan(error) for error in errors) else max(errors)


def _clipped(gradients: list[list[float]], around: dict[str, Any]) -> list[list[float]]:
    """Clipping as it is written: by the length of all gradients together, then by element."""
    if "clip_norm" in around:
        length = math.sqrt(sum(dw * dw for row in gradients for dw in row))
        factor = min(1.0, around["clip_norm"] / length)
        gradients = [[dw * factor for dw in row] for row in gradients]
    if "clip_value" in around:
        most = around["clip_value"]
        gradients = [[max(-most, min(dw, most)) for dw in row] for row in gradients]
    return gradients


def _elementwise(rule: UpdateRule, rng: Rng, where: str) -> Iterator[Finding]:
    """Whole or in slices, the same to the last bit; the gradient is only read; float32 stays float32."""
    generator = rng.generator()
    for dtype in (np.float64, np.float32):
        value, whole = (generator.standard_normal(12).astype(dtype) for _ in range(2))
        whole[:] = value
        slots, whole_slots = ([np.zeros(12, dtype) for _ in rule.slots] for _ in range(2))
        for step in range(1, 4):
            grad = generator.standard_normal(12).astype(dtype)
            kept = grad.copy()
            for part in (slice(0, 5), slice(5, 12)):
                some = tuple(slot[part] for slot in slots)
                rule.update(value[part], grad[part], some, rate=RATE, step=step, scratch=_scratch(value[part]))
            rule.update(whole, grad, tuple(whole_slots), rate=RATE, step=step, scratch=_scratch(whole))
            yield must(np.array_equal(grad, kept), f"{where}: the rule writes into the gradient")
        same = np.array_equal(value, whole) and bool(np.isfinite(value).all())
        yield must(same, f"{where}: slices of a {np.dtype(dtype)} parameter move otherwise than the whole")


def _scratch(value: Array) -> tuple[Array, Array]:
    return np.full_like(value, np.nan), np.full_like(value, np.nan)
