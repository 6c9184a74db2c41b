"""Scripted curves, whose verdict is known."""

import math

import numpy as np
import pytest

from nnlab.training.overshoot import Losses, Overshoot, overshoot, window_of

RISING = [1.0, 0.8, 0.6, 0.5, 0.55, 0.6, 0.7, 0.8]
FALLING = [1.0, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15]


def judged(training, dev, *, noise=0.0, samples=200, seed=0, **options) -> Overshoot:
    """A curve of means, given to samples that differ, and whose losses also differ from epoch to epoch."""
    generator = np.random.default_rng(seed)
    own = generator.standard_normal(samples)
    each = [loss + own - own.mean() + noise * generator.standard_normal(samples) for loss in dev]
    means = [float(losses.mean()) for losses in each]
    least = int(np.argmin(means))
    losses = Losses(training=training, dev=means, since=each[least:], least=each[least], samples=samples)
    return overshoot(losses, **options)


def test_dev_rises_while_training_falls() -> None:
    found = judged(FALLING, RISING)
    assert (found.verdict, found.least_epoch, found.from_epoch) == ("overshoot", 4, 5)
    assert (found.wasted_epochs, found.epochs, found.window) == (4, 8, 5)
    assert found.rise == pytest.approx((0.5 + 0.55 + 0.6 + 0.7 + 0.8) / 5 - 0.5)
    assert found.error == pytest.approx(0, abs=1e-12)  # every sample's loss rose alike


def test_early_stopping_that_ended_it_avoided_it() -> None:
    assert judged(FALLING, RISING, stopped_early=True).verdict == "avoided"


def test_dev_that_rises_together_with_training_diverges() -> None:
    found = judged([1.0, 0.7, 0.5, 0.4, 0.5, 0.6, 0.8, 1.0], RISING)
    assert (found.verdict, found.from_epoch) == ("diverged", 5)


@pytest.mark.parametrize("epochs", [8, 30, 100])
def test_a_noisy_flat_curve_is_none_however_lucky_its_least_epoch(epochs: int) -> None:
    """The least of so many means lies below the others by luck: of 100, by 2.5 of their standard deviations."""
    training = np.linspace(1, 0.5, epochs)
    found = [judged(training, [0.5] * epochs, noise=0.3, seed=seed).verdict for seed in range(40)]
    assert found.count("none") >= 39  # in 95 of 100 at least


def test_a_rise_within_what_samples_scatter_is_none() -> None:
    slight = [*RISING[:4], 0.505, 0.51, 0.51, 0.51]
    assert judged(FALLING, slight, noise=0.3).verdict == "none"
    assert judged(FALLING, slight, samples=2000).verdict == "overshoot"  # all samples alike: surely a rise


def test_the_error_is_that_of_paired_differences_worked_by_hand() -> None:
    # two samples, dev's least in epoch 1; in the mean over five epochs one rose by 1, the other by 3: sd sqrt(2)
    least, after = np.array([1.0, 5.0]), np.array([2.25, 8.75])
    means = [3.0, 5.5, 5.5, 5.5, 5.5]
    losses = Losses(training=[1, 0, 0, 0, 0], dev=means, since=[least, *[after] * 4], least=least, samples=2)
    found = overshoot(losses)
    assert (found.rise, found.error) == (2.0, pytest.approx(math.sqrt(2) / math.sqrt(2)))
    assert found.verdict == "none"  # of five epochs it has to be 2.6 of them


def test_too_few_epochs_after_the_least_say_nothing_yet() -> None:
    assert judged([3, 2, 1.5, 1, 0.9], [1, 0.8, 0.5, 0.9, 1.2]).verdict == "none"


def test_a_tenth_of_a_long_run_is_averaged() -> None:
    assert [window_of(epochs) for epochs in (1, 50, 51, 100)] == [5, 5, 6, 10]


@pytest.mark.parametrize(
    ("dev", "verdict"),
    [([], "cannot tell"), ([math.nan] * 8, "diverged"), ([1.0, 0.5, *[math.nan] * 6], "diverged")],
)
def test_what_is_not_finite_or_not_there(dev: list[float], verdict: str) -> None:
    found = overshoot(Losses(training=[1.0] * len(dev), dev=dev))
    assert found.verdict == verdict and found.why
    assert all(value is None or value == value for value in found.document().values())


def test_without_the_losses_of_samples_nothing_can_be_told() -> None:
    assert overshoot(Losses(training=FALLING, dev=RISING)).verdict == "cannot tell"


def test_what_the_judging_figure_did_stands_beside_it() -> None:
    each = [np.full(3, loss) for loss in RISING]
    figures = [0.5, 0.6, 0.7, 0.9, 0.8, 0.8, 0.8, 0.7]
    losses = Losses(training=FALLING, dev=RISING, figures=figures, since=each[3:], least=each[3], samples=3)
    found = overshoot(losses)
    assert (found.figure, found.figure_since) == (0.9, pytest.approx(0.8))
