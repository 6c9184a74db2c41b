"""What every registered convention must do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.types import Array
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.exponential_decay import ExponentialDecay
from nnlab.optimizers.momentum import Momentum
from nnlab.optimizers.optimizer import Optimizer
from nnlab.optimizers.rms_prop import RMSProp
from nnlab.schedules.cosine import Cosine
from nnlab.schedules.warmup import Warmup
from nnlab.testing import check_options

Seen = Callable[[Subject], dict[str, Array]]
BARE = {"model": {"activation": "Tanh", "batch_norm": False}}
SURE = {"learning_rate": 30.0, "model": {"activation": "Tanh"}}

PLACES: dict[str, list[dict[str, Any]]] = {
    "AdamCorrection": [{}, {"rule": AdamW()}],
    "AdamEpsilon": [{}, {"rule": AdamW(epsilon=1e-7)}],
    "BatchNormEpsilon": [{}],
    "BatchNormEvaluation": [{}],
    "BatchNormMomentum": [{}],
    "BatchNormVariance": [{}],
    "ClipNorm": [{"rule": Constant(), "clip_norm": 0.1, "clip_value": 0.05}],
    "DropoutScale": [{"model": {"dropout_rate": 0.3}}],
    "KinkSlope": [{"model": {"activation": name, "batch_norm": False}} for name in ("ReLU", "LeakyReLU")],
    "L2Factor": [{"weight_decay": 0.1}],
    "L2Place": [{"weight_decay": 0.1, "clip_norm": 0.1}, {"rule": AdamW(), "weight_decay": 0.1}],
    "L2Scope": [{"weight_decay": 0.1}, {"rule": AdamW(), "weight_decay": 0.1}],
    "LeakySlope": [{}],
    "LogFloor": [SURE],
    "LossReduction": [{}, {"loss": MeanSquaredError()}, {"model": {"fused": True}}],
    "MomentumForm": [{"rule": Momentum()}],
    "RMSPropEpsilon": [{"rule": RMSProp()}],
    "RMSPropStart": [{"rule": RMSProp()}],
    "SchedulePhase": [{"rule": ExponentialDecay()}, {"schedule": Cosine()}],
    "WarmupStart": [{"schedule": Warmup()}],
}
"""Settings of subjects that have a place for each choice."""

NO_PLACE: dict[str, list[dict[str, Any]]] = {
    "AdamCorrection": [{"rule": RMSProp()}],
    "AdamEpsilon": [{"rule": RMSProp()}],
    "ClipNorm": [{}, {"clip_value": 0.1}],
    "DropoutScale": [{}],
    "L2Place": [{}],
    "L2Factor": [{}, {"rule": AdamW(), "weight_decay": 0.1}],
    "L2Scope": [{}, {"weight_decay": 0.1, "model": {"bias": False, "batch_norm": False}}],
    "LogFloor": [{"model": {"fused": True}}, {"loss": MeanSquaredError()}],
    "MomentumForm": [{"rule": Constant()}],
    "RMSPropEpsilon": [{}],
    "RMSPropStart": [{}],
    "SchedulePhase": [{}, {"rule": ExponentialDecay(decay=1.0)}],
    "WarmupStart": [{}, {"schedule": Warmup(warmup_epochs=0)}],
}
"""Settings that have none; of those not listed here it is BARE. Every network has a loss to reduce."""


def pairs(table: dict[str, list[dict[str, Any]]], default: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(cls, settings, id=f"{cls.__name__}-{number}")
        for cls in CONVENTIONS
        for number, settings in enumerate(table.get(cls.__name__, default))
    ]


def with_kinks(subject: Subject) -> Subject:
    """Some units of the first layer at exactly zero: they read the feature that always is."""
    weight = next(p for p in subject.graph.parameters if p.name == "dense_1.weight").value
    weight[1:, :2] = 0.0
    return subject


@pytest.fixture
def placed(make: Callable[..., Subject]) -> Callable[..., Subject]:
    def build(cls: type[Convention], settings: dict[str, Any]) -> Subject:
        subject = make(**settings)
        return with_kinks(subject) if cls.__name__ == "KinkSlope" else subject

    return build


def test_every_convention_is_tried_here() -> None:
    assert set(PLACES) == set(CONVENTIONS.names())


@pytest.mark.parametrize("cls", list(CONVENTIONS), ids=lambda cls: cls.__name__)
def test_options_survive_and_the_choices_are_written_down(cls: type[Convention]) -> None:
    check_options(cls, {})
    assert "nnlab" in (cls.__doc__ or ""), "the docstring says who makes which choice, nnlab too"
    assert len((cls.__doc__ or "").splitlines()) > 5


@pytest.mark.parametrize(("cls", "settings"), pairs(PLACES, []))
def test_variants_differ_and_keep_every_name_and_shape(
    placed: Callable[..., Subject], seen: Seen, cls: type[Convention], settings: dict[str, Any]
) -> None:
    subject = placed(cls, settings)
    plain, variants = seen(subject), list(cls().variants(subject))
    assert variants
    for words, variant in variants:
        tensors = seen(variant)
        assert {name: t.shape for name, t in tensors.items()} == {name: t.shape for name, t in plain.items()}, words
        assert {name: t.dtype for name, t in tensors.items()} == {name: t.dtype for name, t in plain.items()}, words
        assert all(np.isfinite(t).all() for t in tensors.values()), words
        assert any(not np.array_equal(tensors[name], plain[name]) for name in plain), f"{words} changes nothing"


@pytest.mark.parametrize(("cls", "settings"), pairs(PLACES, []))
def test_variants_are_told_apart(
    placed: Callable[..., Subject], seen: Seen, cls: type[Convention], settings: dict[str, Any]
) -> None:
    variants = list(cls().variants(placed(cls, settings)))
    assert len({words for words, _ in variants}) == len(variants)
    runs = [seen(variant) for _, variant in variants]
    for i, one in enumerate(runs):
        for j, other in enumerate(runs[:i]):
            assert any(not np.array_equal(one[n], other[n]) for n in one), f"{variants[i][0]}: {variants[j][0]}"


@pytest.mark.parametrize(("cls", "settings"), pairs(PLACES, []))
def test_the_subject_is_left_as_it_was(
    placed: Callable[..., Subject], seen: Seen, cls: type[Convention], settings: dict[str, Any]
) -> None:
    subject = placed(cls, settings)
    before, steps = subject.graph.state(), subject.optimizer.steps
    for _, variant in cls().variants(subject):
        seen(variant)
    after = subject.graph.state()
    assert list(after) == list(before) and subject.optimizer.steps == steps
    assert all(np.array_equal(after[name], before[name]) for name in before)


@pytest.mark.parametrize(("cls", "settings"), pairs({**NO_PLACE, "LossReduction": []}, [BARE]))
def test_nothing_where_there_is_no_place(make: Callable[..., Subject], cls: type[Convention], settings: Any) -> None:
    assert list(cls().variants(make(**settings))) == []


NEUTRAL: dict[str, tuple[dict[str, Any], str]] = {
    "ClipNorm": ({"clip_norm": 1e6, "rule": Constant()}, "as"),
    "KinkSlope": ({}, ""),
    "L2Scope": ({"rule": AdamW(), "weight_decay": 0.1, "model": {"batch_norm": False}}, ""),
    "LogFloor": ({}, "clipped"),
    "MomentumForm": ({"rule": Momentum()}, "after the first step"),
}
"""Subjects to whose first training step a choice makes no difference, and words of the variants that make none."""


@pytest.mark.parametrize(("name", "settings", "words"), [(name, *found) for name, found in NEUTRAL.items()])
def test_a_choice_that_makes_no_difference_runs_the_code_that_it_varies(
    make: Callable[..., Subject], seen: Seen, monkeypatch: pytest.MonkeyPatch, name: str, settings: Any, words: str
) -> None:
    """A bug planted in that code has to be there in the variant too, to the last bit: else it would explain the bug."""
    subject = make(**settings)
    plant_everywhere(monkeypatch)
    plain = {key: t for key, t in seen(subject).items() if key.startswith("0 ") and "evaluation" not in key}
    variants = [variant for says, variant in CONVENTIONS.get(name)().variants(subject) if words in says]
    assert variants
    for variant in variants:
        tensors = seen(variant)
        assert [key for key in plain if not np.array_equal(tensors[key], plain[key])] == []


def plant_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loss, an update rule and a clipping that are wrong by a percent."""
    call, update, clip = CrossEntropy.__call__, Momentum.update, Optimizer._clip

    def wrong_call(self: Any, *given: Any) -> tuple[float, Array]:
        loss, gradient = call(self, *given)
        return loss * 1.01, gradient * 1.02

    def wrong_update(self: Any, value: Array, grad: Array, slots: Any, **rest: Any) -> None:
        update(self, value, grad * 1.01, slots, **rest)

    def wrong_clip(self: Any, parameters: Any) -> None:
        clip(self, parameters)
        parameters[0].grad[...] *= 1.01

    monkeypatch.setattr(CrossEntropy, "__call__", wrong_call)
    monkeypatch.setattr(Momentum, "update", wrong_update)
    monkeypatch.setattr(Optimizer, "_clip", wrong_clip)


def test_choices_add_up(make: Callable[..., Subject], choice: Any, seen: Seen) -> None:
    """Several may differ at once: each is looked for in what the one before has left."""
    choices = {
        "BatchNormEpsilon": "default of Keras",
        "BatchNormMomentum": "default of Keras",
        "BatchNormVariance": "is kept",
        "L2Place": "decoupled, as AdamW's",
        "L2Scope": "biases and scales",
        "ClipNorm": "as torch's",
    }
    subject = make(weight_decay=0.1, clip_norm=0.1)
    last = seen(subject)
    for name, says in choices.items():
        found = [v for w, v in CONVENTIONS.get(name)().variants(subject) if says in w and "reports" not in w]
        (subject,) = found
        tensors = seen(subject)
        assert any(not np.array_equal(tensors[key], last[key]) for key in last), name
        last = tensors
    (layer, *_) = [node.layer for node in subject.graph.nodes if node.name == "batch_norm_1"]
    assert (layer.epsilon, layer.momentum) == (1e-3, 0.99)  # type: ignore[attr-defined]


def test_a_slope_of_zero_is_a_slope(make: Callable[..., Subject]) -> None:
    subject = make(model={"activation": "LeakyReLU", "activation_options": {"alpha": 0.2}})
    words = [words for words, _ in CONVENTIONS.get("LeakySlope")().variants(subject)]
    assert len(words) == 3 and not any("0.2" in said for said in words)
    assert subject.layers(LeakyReLU)[0].alpha == 0.2


def test_adam_stays_adam_w(make: Callable[..., Subject]) -> None:
    subject = make(rule=AdamW(), weight_decay=0.1)
    for _, variant in CONVENTIONS.get("AdamEpsilon")().variants(subject):
        assert isinstance(variant.optimizer.rule, AdamW) and variant.optimizer.penalty is None
        assert isinstance(variant.optimizer.rule.adam, Adam)
