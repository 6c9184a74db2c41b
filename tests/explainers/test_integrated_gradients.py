"""Integrated gradients: exact for a linear network, complete for others."""

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.explainers.base import Question
from nnlab.explainers.integrated_gradients import IntegratedGradients, gap_of
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.one_layer import OneLayer
from nnlab.models.small_cnn import SmallCnn
from nnlab.testing.batches import one_head

SHAPE = (12, 12, 3)


def asked(shape: tuple[int, ...] = SHAPE) -> Question:
    return Question(Rng(0).at("x").generator().random(shape), 1, np.full(shape[2], -0.25))


def network() -> HandSlopes:
    return HandSlopes(SmallCnn(widths=(6, 6)).graph(SHAPE, one_head(3)).build(SHAPE, rng=Rng(1), dtype=np.float64))


def test_a_linear_network_is_exact_with_one_step() -> None:
    """a_i = w_i (x_i - b_i), summed over channels: what sums to the difference to the last digits."""
    question = asked((4, 3, 2))
    graph = OneLayer().graph((4, 3, 2), one_head(3)).build((4, 3, 2), rng=Rng(0), dtype=np.float64)
    found = IntegratedGradients(steps=1).explain(HandSlopes(graph), question)
    weights = next(value for value in graph.held().values() if value.ndim == 2)[:, 1].reshape(4, 3, 2)
    np.testing.assert_allclose(found.weights, (weights * (question.x + 0.25)).sum(axis=2), rtol=1e-12)
    assert found.facts["steps"] == 1 and found.facts["gap"] < 1e-12 and found.warning is None


@pytest.mark.parametrize("baseline", ["black", "mean", "blur"])
def test_attributions_add_up_to_the_difference_of_scores(baseline: str) -> None:
    found = IntegratedGradients(baseline=baseline).explain(network(), asked())
    assert found.facts["gap"] <= 0.01
    assert found.weights.sum() == pytest.approx(found.facts["difference"], rel=0.0101)
    assert f"gap {found.facts['gap']:.2%} in {found.facts['steps']} steps" in found.words


def test_more_steps_come_nearer_and_steps_are_doubled_until_it_is_near_enough() -> None:
    made = (IntegratedGradients(steps=steps, most_steps=steps) for steps in (1, 256))
    few, many = (explainer.explain(network(), asked()).facts["gap"] for explainer in made)
    assert many < few / 10
    found = IntegratedGradients(steps=1, tolerance=few / 4).explain(network(), asked())
    assert found.facts["steps"] in (2, 4, 8, 16, 32) and found.facts["gap"] <= few / 4


def test_where_doubling_ends_it_says_so() -> None:
    found = IntegratedGradients(steps=1, most_steps=1, tolerance=1e-9).explain(network(), asked())
    assert found.facts["steps"] == 1 and found.warning == "the gap is above 1e-09; allow more --most-steps"


def test_steps_are_the_same_whatever_goes_through_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = IntegratedGradients(steps=20).explain(network(), asked()).weights
    monkeypatch.setattr("nnlab.explainers.integrated_gradients.AT_ONCE", 7)
    np.testing.assert_allclose(IntegratedGradients(steps=20).explain(network(), asked()).weights, one, rtol=1e-9)


def test_the_gap_by_hand() -> None:
    assert gap_of(9.0, 10.0) == pytest.approx(0.1) and gap_of(0.0, 0.0) == 0.0 and gap_of(1.0, 0.0) == float("inf")
