"""Faults planted in torch's update rules, and in the clipping, decay, penalty and rates around them."""

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the faults are planted in its translations")

from nnlab.backends.torch import objective as torch_objective  # noqa: E402
from nnlab.backends.torch.objective import TorchObjective  # noqa: E402
from nnlab.backends.torch.optimizers import TORCH_RULES, TorchOptimizer  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.adam_w import AdamW  # noqa: E402
from nnlab.optimizers.constant import Constant  # noqa: E402
from nnlab.optimizers.momentum import Momentum  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402
from nnlab.optimizers.rms_prop import RMSProp  # noqa: E402

FIRST = "dense_1.weight"
PLAIN = {"batch_norm": False, "activation": "Tanh"}


class OtherAdam(torch.optim.Adam):
    """Adam written out, to change one line of; like torch's fused one it takes its step from its state."""

    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                kept = self.state[p]
                if not kept:
                    kept.update(step=torch.zeros(()), exp_avg=p.new_zeros(p.shape), exp_avg_sq=p.new_zeros(p.shape))
                kept["step"] += 1
                with torch.no_grad():
                    self.one(p, kept["exp_avg"], kept["exp_avg_sq"], int(kept["step"]), group["lr"])

    def one(self, p, m, v, step, lr):
        m.mul_(0.9).add_(p.grad, alpha=0.1)
        v.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
        p.sub_(self.move(m, v, step), alpha=lr)

    def move(self, m, v, step):
        return m / (1 - 0.9**step) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)


class HatEpsilon(OtherAdam):
    def move(self, m, v, step):
        return (1 - 0.999**step) ** 0.5 / (1 - 0.9**step) * m / (v.sqrt() + 1e-8)


class KerasAdam(OtherAdam):
    """Its epsilon in place and size."""

    def move(self, m, v, step):
        return (1 - 0.999**step) ** 0.5 / (1 - 0.9**step) * m / (v.sqrt() + 1e-7)


class RootEpsilon(OtherAdam):
    def move(self, m, v, step):
        return m / (1 - 0.9**step) / (v / (1 - 0.999**step) + 1e-8).sqrt()


class Uncorrected(OtherAdam):
    def move(self, m, v, step):
        return m / (v.sqrt() + 1e-8)


class CorrectionStopsAfterStep2(OtherAdam):
    def move(self, m, v, step):
        return super().move(m, v, min(step, 2))


class SquareOfTheMean(OtherAdam):
    def one(self, p, m, v, step, lr):
        m.mul_(0.9).add_(p.grad, alpha=0.1)
        v.mul_(0.999).addcmul_(m, m, value=0.001)
        p.sub_(self.move(m, v, step), alpha=lr)


class OneWeightStandsStillFromStep5(OtherAdam):
    def move(self, m, v, step):
        move = super().move(m, v, step)
        if step >= 5:
            move.view(-1)[0] = 0
        return move


class RootRMSProp(torch.optim.RMSprop):
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                kept = self.state[p]
                if not kept:
                    kept.update(step=torch.zeros(()), square_avg=torch.full_like(p, self.start))
                v = kept["square_avg"].mul_(0.9).addcmul_(p.grad, p.grad, value=0.1)
                with torch.no_grad():
                    p.sub_(self.move(p.grad, v), alpha=group["lr"])

    start = 0.0

    def move(self, dw, v):
        return dw / (v + 1e-8).sqrt()


class OneAtFirst(RootRMSProp):
    """TensorFlow 1's start; its state, when it is loaded, is what it is."""

    start = 1.0

    def move(self, dw, v):
        return dw / (v.sqrt() + 1e-8)


def adam(**changes: Any) -> Any:
    options = {"lr": 0.0, "betas": (0.9, 0.999), "eps": 1e-8} | changes
    return lambda rule, groups, form: torch.optim.Adam(groups, **options)


def sgd(**options: Any) -> Any:
    return lambda rule, groups, form: torch.optim.SGD(groups, lr=0.0, **options)


def of(kind: Any) -> Any:
    return lambda rule, groups, form: kind(groups, lr=0.0)


MOMENTUM, RMS = {"optimizer": "Momentum"}, {"optimizer": "RMSProp"}

RULE_FAULTS: list[tuple[str, type, Any, dict[str, Any], str, int, str | None]] = [
    ("epsilon of Keras", Adam, adam(eps=1e-7), {}, FIRST, 1, "AdamEpsilon"),
    ("epsilon before its correction", Adam, of(HatEpsilon), {}, FIRST, 1, "AdamEpsilon"),
    ("epsilon before its correction and of Keras's size", Adam, of(KerasAdam), {}, FIRST, 1, "AdamEpsilon"),
    ("epsilon inside the root", Adam, of(RootEpsilon), {}, FIRST, 1, "AdamEpsilon"),
    ("no correction", Adam, of(Uncorrected), {}, FIRST, 1, "AdamCorrection"),
    ("correction that stops", Adam, of(CorrectionStopsAfterStep2), {}, FIRST, 3, None),
    ("one weight that stands still", Adam, of(OneWeightStandsStillFromStep5), PLAIN, FIRST, 5, None),
    ("square of the mean", Adam, of(SquareOfTheMean), {}, f"{FIRST} v", 1, None),
    ("betas exchanged", Adam, adam(betas=(0.999, 0.9)), {}, f"{FIRST} m", 1, None),
    ("beta2 of 0.99", Adam, adam(betas=(0.9, 0.99)), {}, f"{FIRST} v", 1, None),
    ("uphill", Adam, adam(maximize=True), {}, f"{FIRST} m", 1, None),
    ("Nesterov", Momentum, sgd(momentum=0.9, nesterov=True), MOMENTUM, FIRST, 1, "MomentumForm"),
    ("dampened", Momentum, sgd(momentum=0.9, dampening=0.9), MOMENTUM, f"{FIRST} v", 2, "MomentumForm"),
    ("half dampened", Momentum, sgd(momentum=0.9, dampening=0.5), MOMENTUM, f"{FIRST} v", 2, None),
    ("decay of 0.8", Momentum, sgd(momentum=0.8), MOMENTUM, f"{FIRST} v", 2, None),
    ("RMSProp's epsilon inside the root", RMSProp, of(RootRMSProp), RMS, FIRST, 1, "RMSPropEpsilon"),
    ("RMSProp from one", RMSProp, of(OneAtFirst), RMS, f"{FIRST} v", 1, "RMSPropStart"),
    (
        "AdamW that is Adam",
        AdamW,
        adam(weight_decay=0.1),
        {"optimizer": "AdamW", "weight_decay": 0.1},
        f"{FIRST} m",
        1,
        "L2Place",
    ),
]


@pytest.mark.parametrize(
    ("cls", "make", "options", "tensor", "step", "convention"),
    [fault[1:] for fault in RULE_FAULTS],
    ids=[fault[0] for fault in RULE_FAULTS],
)
def test_fault_in_a_rule(monkeypatch, found, cls, make, options, tensor, step, convention):
    monkeypatch.setitem(TORCH_RULES._table, cls, replace(TORCH_RULES.of(cls), make=make))
    found(tensor, step, convention, **options)


def rate_of_the_next_epoch(self, *, epoch, epochs):
    STEP(self, epoch=epoch + 1, epochs=epochs)


def rate_of_the_epoch_before(self, *, epoch, epochs):
    STEP(self, epoch=max(epoch - 1, 0), epochs=epochs)


def over_in_the_last_epoch(self, *, epoch, epochs):
    STEP(self, epoch=epoch, epochs=epochs - 1)


def rate_stays_from_epoch_3(self, *, epoch, epochs):
    STEP(self, epoch=min(epoch, 1), epochs=epochs)


def memory_lost_in_epoch_2(self, *, epoch, epochs):
    if epoch == 1:
        self._torch.state.clear()
    STEP(self, epoch=epoch, epochs=epochs)


def memory_lost_after_each_step(self, *, epoch, epochs):
    """Each step alone is right."""
    STEP(self, epoch=epoch, epochs=epochs)
    self._torch.state.clear()


def gradients_clipped_twice_as_long(self, *, epoch, epochs):
    self.settings = replace(self.settings, clip_norm=0.2)
    STEP(self, epoch=epoch, epochs=epochs)


STEP = TorchOptimizer.step
DECAY, COSINE = {"optimizer": "ExponentialDecay", "decay": 0.5}, {"schedule": "Cosine"}
WARMUP = {"schedule": "Warmup", "warmup_epochs": 2}
CLIP = {"clip_norm": 0.1, "optimizer": "Constant", "learning_rate": 0.1}

STEP_FAULTS: list[tuple[Any, dict[str, Any], str, int, str | None]] = [
    (rate_of_the_next_epoch, DECAY, FIRST, 1, "SchedulePhase"),
    (rate_of_the_epoch_before, DECAY, FIRST, 4, "SchedulePhase"),
    (over_in_the_last_epoch, COSINE, FIRST, 4, "SchedulePhase"),
    (rate_stays_from_epoch_3, DECAY, FIRST, 7, None),
    (rate_of_the_next_epoch, WARMUP, FIRST, 1, "SchedulePhase"),
    (memory_lost_after_each_step, {}, f"{FIRST} m", 1, None),
    (memory_lost_in_epoch_2, {}, f"{FIRST} m", 4, None),
    (gradients_clipped_twice_as_long, CLIP, FIRST, 1, None),
]


@pytest.mark.parametrize(
    ("fault", "options", "tensor", "step", "convention"),
    STEP_FAULTS,
    ids=[f"{fault[0].__name__}-{'-'.join(fault[1])}" for fault in STEP_FAULTS],
)
def test_fault_in_a_step(monkeypatch, found, fault, options, tensor, step, convention):
    monkeypatch.setattr(TorchOptimizer, "step", fault)
    found(tensor, step, convention, **options)


def test_gradients_that_add_up_over_steps(monkeypatch, found):
    """What the step before has left is there in the second."""
    monkeypatch.setattr(TorchOptimizer, "zero_grad", lambda self: None)
    found("output_batch_norm gradient gamma", 2, None)


def torchs_clip_grad_norm(self):
    torch.nn.utils.clip_grad_norm_(self._moved, self.settings.clip_norm)


def each_by_itself(self):
    for moved in self._moved:
        moved.grad.mul_(min(1.0, self.settings.clip_norm / float(moved.grad.norm())))


def each_by_itself_with_torch(self):
    for moved in self._moved:
        torch.nn.utils.clip_grad_norm_([moved], self.settings.clip_norm)


def never(self):
    pass


def always(self):
    """Short gradients are made longer too."""
    length = torch.nn.utils.get_total_norm([moved.grad for moved in self._moved])
    for moved in self._moved:
        moved.grad.mul_(self.settings.clip_norm / length)


@pytest.mark.parametrize(
    ("fault", "options", "convention"),
    [
        (torchs_clip_grad_norm, CLIP, "ClipNorm"),
        (each_by_itself, CLIP, "ClipNorm"),
        (each_by_itself_with_torch, CLIP, "ClipNorm"),
        (never, CLIP, None),
        (always, {**CLIP, "clip_norm": 100.0}, None),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_fault_in_the_clipping(monkeypatch, found, fault, options, convention):
    monkeypatch.setattr(TorchOptimizer, "_clip", fault)
    found(FIRST, 1, convention, **options)


def test_decay_of_everything(monkeypatch, found):
    """A scale is the first parameter that nnlab spares and that is not zero."""

    def groups(self):
        return [{"params": list(self._moved), "weight_decay": self.settings.weight_decay}]

    monkeypatch.setattr(TorchOptimizer, "_groups", groups)
    found("batch_norm_1.gamma", 1, "L2Scope", optimizer="AdamW", weight_decay=0.1)


def test_decay_of_biases_shows_when_they_are_no_longer_zero(monkeypatch, found):
    def groups(self):
        return [{"params": list(self._moved), "weight_decay": self.settings.weight_decay}]

    monkeypatch.setattr(TorchOptimizer, "_groups", groups)
    found("dense_1.bias", 2, "L2Scope", optimizer="AdamW", weight_decay=0.1, **PLAIN)


def test_decay_that_knows_no_rate(monkeypatch, found):
    def groups(self):
        decay = self.settings.weight_decay / self.settings.learning_rate
        return [
            {"params": [moved for moved, w in self._moved.items() if w.parameter.penalised], "weight_decay": decay},
            {"params": [moved for moved, w in self._moved.items() if not w.parameter.penalised], "weight_decay": 0.0},
        ]

    monkeypatch.setattr(TorchOptimizer, "_groups", groups)
    found(FIRST, 1, "L2Place", optimizer="AdamW", weight_decay=0.01)


@pytest.fixture
def penalty(monkeypatch):
    """Changes the penalty's value and gradient on torch by factors."""

    def plant(*, value: float = 1.0, gradient: float = 1.0) -> None:
        plain, penalised = TorchObjective.backward, torch_objective.penalised

        def backward(self, loss, *part):
            before = self.definition.penalty
            self.definition.penalty = replace(before, weight_decay=before.weight_decay * gradient)
            plain(self, loss, *part)
            self.definition.penalty = before

        monkeypatch.setattr(TorchObjective, "backward", backward)
        monkeypatch.setattr(torch_objective, "penalised", lambda *given: penalised(*given) * value)

    return plant


def test_penalty_without_one_half(penalty, found):
    penalty(value=2.0, gradient=2.0)
    found("penalty", 1, "L2Factor", weight_decay=0.1)


def test_penalty_whose_gradient_does_not_match_it(penalty, found):
    penalty(gradient=2.0)
    found(f"{FIRST} m", 1, None, weight_decay=0.1)


def test_penalty_that_is_no_part_of_the_gradient(penalty, found):
    penalty(gradient=0.0)
    found(f"{FIRST} m", 1, None, weight_decay=0.1)


def test_penalty_in_the_optimizer(penalty, monkeypatch, found):
    """torch's own weight_decay: the loss does not report it."""
    penalty(value=0.0, gradient=0.0)

    def groups(self):
        return [
            {"params": [m for m, w in self._moved.items() if w.parameter.penalised is which], "weight_decay": decay}
            for which, decay in ((True, self.settings.weight_decay), (False, 0.0))
        ]

    monkeypatch.setattr(TorchOptimizer, "_groups", groups)
    found("penalty", 1, "L2Place", weight_decay=0.1)


def test_a_rate_that_is_hardly_larger_is_no_bug(monkeypatch, compared):
    """By 1e-14: less than rounding does to a weight."""

    def step(self, *, epoch, epochs):
        self.settings = replace(self.settings, learning_rate=0.001 * (1 + 1e-14))
        STEP(self, epoch=epoch, epochs=epochs)

    monkeypatch.setattr(TorchOptimizer, "step", step)
    comparison = compared(dtype="float64", epochs=5)
    assert comparison.steps == 15
    assert {found.kind for found in comparison.divergences} <= {"rounding", "no signal"}


def test_the_settings_are_those_that_are_changed_here() -> None:
    """The faults above say the rule's constants again."""
    assert (Adam().beta1, Adam().beta2, Adam().epsilon) == (0.9, 0.999, 1e-8)
    assert (Momentum().decay, RMSProp().decay, Optimizer(Constant()).learning_rate) == (0.9, 0.9, 0.001)
