import math

import hypothesis
import pytest
from hypothesis import strategies as st

from nnlab.training.best import Best, rank
from nnlab.training.record import Score


def score(loss, accuracy):
    return Score(loss, {"accuracy": accuracy}, 1)


def follow(patience, *scores):
    best = Best(patience)
    taken = [best.take(epoch, score(loss, accuracy)) for epoch, (accuracy, loss) in enumerate(scores, 1)]
    return best, taken


def test_accuracy_comes_before_loss():
    best, taken = follow(9, (0.5, 1.0), (0.4, 0.1), (0.6, 9.0))
    assert (best.epoch, taken) == (3, [True, False, True])


def test_equal_is_not_better():
    best, _ = follow(9, (0.5, 1.0), (0.5, 1.0))
    assert best.epoch == 1


@pytest.mark.parametrize(("patience", "stop"), [(1, 2), (2, 5), (3, 6), (4, None)])
def test_patience_counts_epochs_since_the_best(patience, stop):
    scores = [(0.5, 1.0), (0.5, 1.0), (0.6, 1.0), (0.6, 1.0), (0.6, 1.0), (0.6, 1.0)]
    assert follow(patience, *scores)[0].early_stop_epoch == stop


def test_the_first_stop_is_kept_when_it_gets_better_later():
    best, _ = follow(1, (0.5, 1.0), (0.4, 1.0), (0.9, 1.0), (0.8, 1.0))
    assert (best.epoch, best.early_stop_epoch) == (3, 2)


def test_an_infinite_loss_is_worse_than_any_other_of_its_accuracy_but_no_nan():
    assert rank(score(1.0, 0.5)) > rank(score(math.inf, 0.5)) > rank(score(math.nan, 0.9))


@hypothesis.given(st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=20))
def test_whatever_the_figures_some_epoch_is_the_best_and_none_beats_it(scores):
    best, _ = follow(3, *scores)
    ranks = [rank(score(loss, accuracy)) for accuracy, loss in scores]
    assert ranks[best.epoch - 1] == max(ranks)


def test_of_an_error_the_lowest_is_the_best_and_none_is_the_worst():
    best = Best(9, "lower")
    taken = [best.take(epoch, Score(1.0, {"mae": mae, "r2": r2}, 1)) for epoch, (mae, r2) in enumerate(
        [(math.nan, 0.9), (3.0, 0.1), (4.0, 0.9), (2.0, 0.0), (2.0, 0.9)], 1)]  # fmt: skip
    assert (best.epoch, taken) == (4, [True, True, False, True, False])


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_at_the_same_figure_the_lowest_loss_is_the_best_whichever_way_the_figure_is(better):
    assert rank(score(1.0, 0.5), better) > rank(score(2.0, 0.5), better)
    assert rank(score(1.0, math.nan), better) > rank(score(math.nan, 0.5), better)
