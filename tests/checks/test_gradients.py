"""The verdicts of the gradient check, on functions whose gradients are known."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from nnlab.checks.gradients import THRESHOLD, check_gradients
from nnlab.core.rng import Rng
from nnlab.core.types import Array


class Function:
    """A probe of one function of one array."""

    def __init__(self, value: Array, f: Callable[[Array], float], df: Callable[[Array], Array]):
        self.w, self.f, self.df, self.calls = value, f, df, 0

    @property
    def parameters(self) -> Mapping[str, Array]:
        return {"w": self.w}

    def gradients(self) -> Mapping[str, Array]:
        return {"w": self.df(self.w)}

    def value(self, changed: str | None = None) -> float:
        self.calls += 1
        return self.f(self.w)


def _check(probe: Function, **more: int):
    before = probe.w.copy()
    (verdict,) = check_gradients(probe, Rng(1), **more).verdicts
    np.testing.assert_array_equal(probe.w, before)  # whatever is found, every value is put back
    return verdict


def _cubic(w: Array) -> float:
    return float((w**3).sum())


def test_right_gradient_is_ok() -> None:
    verdict = _check(Function(np.linspace(-1, 2, 12).reshape(3, 4), _cubic, lambda w: 3 * w**2))
    assert verdict.verdict == "ok"
    assert verdict.distance <= 1e-7


@pytest.mark.parametrize("error", [1.0, 1e-2, 1e-4, 1e-5])
def test_wrong_gradient_is_a_bug_with_place_and_both_values(error: float) -> None:
    def gradient(w: Array) -> Array:
        wrong = 3 * w**2
        wrong[2, 3] *= 1 + error
        return wrong

    verdict = _check(Function(np.linspace(-1, 2, 12).reshape(3, 4), _cubic, gradient))
    assert verdict.verdict == "bug"
    assert verdict.index == (2, 3)  # the largest gradient is among those looked at
    assert verdict.analytic == pytest.approx(12 * (1 + error))
    assert verdict.numeric == pytest.approx(12, rel=1e-7)
    assert verdict.distance == pytest.approx(error / (2 + error), rel=0.1)


def test_direction_sees_the_one_element_in_ten_thousand_that_is_wrong() -> None:
    def gradient(w: Array) -> Array:
        wrong = np.ones_like(w)
        wrong[5000] = 0.9  # neither the largest of either sign nor, with this stream, one that is drawn
        wrong[0], wrong[1] = 1.0, 0.5
        return wrong

    def value(w: Array) -> float:
        return float(w.sum() - 0.5 * w[1])

    verdict = _check(Function(np.zeros(10_000), value, gradient))
    assert verdict.verdict == "bug"
    assert verdict.index is None


def test_missing_and_misshapen_and_nan_gradients_are_bugs() -> None:
    w = np.ones(3)
    assert _check(Function(w, _cubic, lambda w: np.ones(4))).verdict == "bug"
    nan = _check(Function(w, _cubic, lambda w: np.array([3.0, np.nan, 3.0])))
    assert (nan.verdict, nan.index) == ("bug", (1,))
    assert nan.record()["analytic"] is None  # JSON has no NaN


def test_corner_within_reach_of_a_step_is_seen_past() -> None:
    w = np.array([1e-6, -3e-7, 0.5])
    verdict = _check(Function(w, lambda w: float(np.maximum(w, 0).sum()), lambda w: (w > 0) * 1.0), coordinates=6)
    assert verdict.verdict == "ok"
    assert verdict.distance <= THRESHOLD


def test_standing_on_a_corner_is_a_kink_and_a_wrong_gradient_there_is_still_a_bug() -> None:
    def relu(w: Array) -> float:
        return float((np.maximum(w, 0) * np.array([1.0, 2.0, 3.0, -3.0])).sum())

    on_it = np.zeros(4)
    right = _check(Function(on_it, relu, lambda w: (w > 0) * np.array([1.0, 2.0, 3.0, -3.0])), coordinates=6)
    assert right.verdict == "kink"
    assert right.distance <= THRESHOLD
    wrong = _check(Function(on_it, relu, lambda w: (w > 0) * np.array([1.0, 2.0, 3.0, -3.0]) * 1.1 - 0.5))
    assert wrong.verdict == "bug"


@pytest.mark.parametrize("error", [0.0, 1e-3])
def test_corners_to_both_sides_of_a_longer_step_are_no_fault(error: float) -> None:
    """A small slope of a large objective is heard at 1e-3; at 1e-2 corners bend both sides alike, with no gap."""

    def value(w: Array) -> float:
        bent = np.maximum(w - 5e-3, 0) + np.minimum(w + 5e-3, 0)
        return float(69.1 + (4e-4 * w + 5e-5 * bent).sum())

    verdict = _check(Function(np.zeros(1), value, lambda w: np.full(1, 4e-4 * (1 + error))))
    assert verdict.verdict == ("bug" if error else "ok"), verdict


@pytest.mark.parametrize("error", [0.0, 1e-3])
def test_corners_to_both_sides_of_the_first_step_are_no_fault(error: float) -> None:
    """It is 1e-7 long, and bends both sides alike; ten times nearer nothing does."""

    def value(w: Array) -> float:
        return float((w + np.maximum(w - 3e-8, 0) + np.minimum(w + 3e-8, 0)).sum())

    verdict = _check(Function(np.zeros(1), value, lambda w: np.full(1, 1 + error)))
    assert verdict.verdict == ("bug" if error else "ok"), verdict


def test_what_does_not_move_the_objective_has_no_signal() -> None:
    """A bias in front of BatchNorm: what it adds is taken away again, rounding apart."""
    x = np.random.default_rng(0).standard_normal((8, 3))

    def centred(w: Array) -> float:
        shifted = x + w
        return float(((shifted - shifted.mean(0)) ** 2).sum())

    verdict = _check(Function(np.ones(3), centred, lambda w: np.full(3, 1e-17)))
    assert verdict.verdict == "no signal"
    claims = _check(Function(np.ones(3), centred, lambda w: np.full(3, 1e-3)))
    assert claims.verdict == "bug"


def test_vanishing_gradients_are_told_from_missing_ones() -> None:
    small = np.full(5, 1e-6)
    assert _check(Function(np.ones(5), lambda w: float(small @ w), lambda w: small.copy())).verdict == "ok"
    assert _check(Function(np.ones(5), lambda w: float(small @ w), lambda w: 0 * w)).verdict == "bug"


def test_objective_that_is_not_finite_is_not_judged() -> None:
    verdict = _check(Function(np.ones(3), lambda w: float("nan"), lambda w: w))
    assert verdict.verdict == "no signal"
    assert verdict.record()["numeric"] is None


def test_a_right_gradient_costs_few_evaluations() -> None:
    w = np.random.default_rng(0).standard_normal((100, 50))
    probe = Function(w, lambda w: _cubic(w) + float(w.sum()), lambda w: 3 * w**2 + 1)
    _check(probe)
    assert probe.calls <= 1 + 2 * 4 + 4  # the value; three coordinates and a direction, two each; one line twice more


def test_the_same_stream_gives_the_same_report() -> None:
    first, second = (
        check_gradients(Function(np.linspace(-1, 1, 50), _cubic, lambda w: 3 * w**2), Rng(3)) for _ in range(2)
    )
    assert first == second
