from types import SimpleNamespace

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.models.learner import StepResult
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled
from nnlab.training.rate_range import RangeTest, Rising, _is_lost, range_test


def of_size(samples):
    return labelled(np.zeros((samples, 1)), np.tile([1.0, 0.0], (samples, 1)))


RATES = np.logspace(-6, 0, 121)


def test_rates_rise_by_equal_steps_on_a_logarithmic_axis():
    rising = Rising(ratio=1e6)
    assert [rising.factor(step, 4) for step in range(4)] == pytest.approx([1, 100, 1e4, 1e6])
    assert rising.factor(0, 1) == 1


@pytest.mark.parametrize("steepest", [1e-4, 1e-2])
def test_the_steepest_point_is_where_the_smoothed_loss_falls_most_steeply(steepest):
    fall = 2.3 / (1 + np.exp(3 * np.log10(RATES / steepest)))
    noise = np.random.default_rng(0).normal(0, 0.05, len(RATES))
    found = RangeTest(RATES, fall + noise, diverged=False)
    assert np.log10(found.steepest) == pytest.approx(np.log10(steepest), abs=0.25)  # five steps, noise being smoothed


def test_the_suggestion_is_midway_to_the_first_bottom_whatever_comes_later():
    fall = np.concatenate([np.full(40, 3.0), np.linspace(3, 1, 21), np.linspace(1, 2, 20), np.linspace(2, 0.5, 40)])
    found = RangeTest(RATES, fall + np.random.default_rng(0).normal(0, 0.05, 121), diverged=False)
    assert abs(found.lowest - 60) <= 3
    assert found.suggestion == pytest.approx((found.steepest * RATES[found.lowest]) ** 0.5)


def test_smoothing_does_not_move_a_straight_line_but_at_its_ends():
    line = np.linspace(3, 1, 121)
    np.testing.assert_allclose(RangeTest(RATES, line, diverged=False).smoothed[15:-15], line[15:-15], rtol=1e-3)


def test_a_rise_after_the_lowest_loss_is_no_matter_and_a_loss_that_never_falls_has_no_suggestion():
    down_and_up = np.concatenate([np.linspace(2, 1, 60), np.linspace(1, 3, 61)])
    down_and_up[100:] = np.linspace(2.3, 1.5, 21)  # steeper, and of no use
    assert RangeTest(RATES, down_and_up, diverged=False).suggestion < RATES[60]
    assert RangeTest(RATES, np.linspace(1, 2, 121), diverged=False).suggestion is None


def test_a_loss_four_times_its_lowest_is_lost_and_a_single_bad_batch_is_not():
    assert not _is_lost([1.0] * 10 + [9.0])
    assert _is_lost([1.0] * 10 + [5.0] * 5)


def test_what_only_chance_moves_has_no_suggestion():
    noise = np.random.default_rng(0).normal(2, 0.3, (50, len(RATES)))
    assert sum(RangeTest(RATES, losses, diverged=False).suggestion is not None for losses in noise) <= 2


@pytest.mark.parametrize(("losses", "taken", "diverged"), [([2.0] * 30, 20, False), ([2.0] * 9 + [9.0] * 9, 13, True),
                                                           ([2.0] * 9 + [float("nan")], 9, True)])  # fmt: skip
def test_it_takes_steps_over_as_many_passes_as_it_needs_and_ends_where_the_loss_is_lost(losses, taken, diverged):
    script, updates = iter(losses), []
    learner = SimpleNamespace(
        backprop=lambda batch, *, rng, part: StepResult(next(script), 0.0, {}),
        update=lambda *, epoch, epochs: updates.append((epoch, epochs)),
    )
    training = SimpleNamespace(batches=lambda epoch: iter([of_size(4)] * 3))
    optimizer = Optimizer(Constant(), learning_rate=1e-3, schedule=Rising(ratio=1e3))
    found = range_test(learner, training, optimizer, steps=20, accumulate=1, rng=Rng(0))
    assert (len(found.losses), found.diverged) == (taken, diverged)
    assert updates == [(step, 20) for step in range(taken)]
    np.testing.assert_allclose(found.rates, np.geomspace(1e-3, 1, 20)[:taken], rtol=1e-12)


def test_batches_of_one_step_make_one_loss():
    script, updates = iter([1.0, 4.0] * 20), []
    learner = SimpleNamespace(
        backprop=lambda batch, *, rng, part: StepResult(next(script), 0.0, {}),
        update=lambda *, epoch, epochs: updates.append(epoch),
    )
    training = SimpleNamespace(batches=lambda epoch: iter([of_size(2), of_size(4)]))
    optimizer = Optimizer(Constant(), learning_rate=1e-3, schedule=Rising(ratio=1e3))
    found = range_test(learner, training, optimizer, steps=5, accumulate=2, rng=Rng(0))
    assert found.losses.tolist() == pytest.approx([3.0] * 5) and len(updates) == 5
