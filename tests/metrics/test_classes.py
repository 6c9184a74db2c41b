import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.metrics.classes import Classes


def test_by_hand():
    accuracy = Classes()
    accuracy.update(np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    assert accuracy.compute() == 2 / 3


@given(right=st.lists(st.booleans(), min_size=1, max_size=40), cuts=st.sets(st.integers(1, 39)))
def test_it_is_weighted_by_samples_however_they_are_batched(right, cuts):
    target = np.eye(3)[np.arange(len(right)) % 3]
    predicted = np.where(np.array(right)[:, np.newaxis], target, np.roll(target, 1, axis=1))
    accuracy = Classes()
    bounds = [0, *sorted(cut for cut in cuts if cut < len(right)), len(right)]
    for start, stop in itertools.pairwise(bounds):
        accuracy.update(predicted[start:stop], target[start:stop])
    assert accuracy.compute() == sum(right) / len(right)


def test_a_row_with_nan_is_wrong_whatever_its_class():
    accuracy = Classes()
    accuracy.update(np.array([[np.nan, np.nan], [np.nan, 1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert accuracy.compute() == 0


def test_reset_forgets():
    accuracy = Classes()
    accuracy.update(np.eye(2), np.eye(2))
    accuracy.reset()
    assert math.isnan(accuracy.compute())
