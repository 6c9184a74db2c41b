"""Intervals of final figures, by the bootstrap."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.truths import Labels, Rows
from nnlab.metrics.residuals import AbsoluteError
from nnlab.training.callbacks import intervals
from nnlab.training.callbacks.intervals import Intervals


def answered(numbers: Any, truths: Any, *, cut: int) -> Intervals:
    found = Intervals({"mae": AbsoluteError()})
    for first in range(0, len(numbers), cut):
        own = slice(first, first + cut)
        batch = Batch(np.zeros((len(numbers[own]), 1)), {}, Rows(truths[own]))
        found.answered("test", batch, Rows(numbers[own]), np.zeros(1))
    return found


def test_it_holds_the_true_figure_and_narrows_by_the_root_of_the_samples() -> None:
    chance = np.random.default_rng(0)
    widths = []
    for count in (100, 400):
        off = np.abs(chance.standard_normal((count, 1)))
        low, high = answered(off, np.zeros((count, 1)), cut=30).summary()["test"]["mae"]
        assert low < off.mean() < high
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.25)  # of a figure that is drawn


def test_batches_do_not_matter_and_the_same_comes_out_again() -> None:
    numbers, truths = np.random.default_rng(1).standard_normal((2, 40, 2))
    once = answered(numbers, truths, cut=40).summary()
    assert once == answered(numbers, truths, cut=7).summary()


def test_classes_and_training_have_none() -> None:
    found = Intervals({"mae": AbsoluteError()})
    batch = Batch(np.zeros((2, 1)), {}, Rows(np.zeros((2, 1))))
    found.answered("training", batch, Rows(np.ones((2, 1))), np.zeros(2))
    found.answered("test", batch, Labels(np.zeros(2, int)), np.zeros(2))
    assert found.summary() == {}


def test_of_a_large_partition_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "MOST_VALUES", 40)
    numbers, truths = np.random.default_rng(1).standard_normal((2, 21, 2))
    assert set(answered(numbers[:20], truths[:20], cut=7).summary()) == {"test"}
    large = answered(numbers, truths, cut=7)
    assert large.summary() == {} and not large._kept
