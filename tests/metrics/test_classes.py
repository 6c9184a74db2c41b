import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.truth import Label
from nnlab.core.truths import Labels
from nnlab.metrics.classes import Classes


def test_by_hand():
    accuracy = Classes()
    accuracy.update(Labels(np.array([0, 1, 1])), Labels(np.array([0, 0, 1])))
    assert accuracy.compute() == 2 / 3


@given(right=st.lists(st.booleans(), min_size=1, max_size=40), cuts=st.sets(st.integers(1, 39)))
def test_it_is_weighted_by_samples_however_they_are_batched(right, cuts):
    truths = Labels(np.arange(len(right)) % 3)
    answers = Labels(np.where(right, truths.indexes, (truths.indexes + 1) % 3))
    accuracy = Classes()
    bounds = [0, *sorted(cut for cut in cuts if cut < len(right)), len(right)]
    for start, stop in itertools.pairwise(bounds):
        accuracy.update(answers[start:stop], truths[start:stop])
    assert accuracy.compute() == sum(right) / len(right)


def test_an_undecided_answer_is_wrong_whatever_the_class():
    accuracy = Classes()
    accuracy.update(Labels(np.array([-1, -1])), Labels(np.array([0, 1])))
    assert accuracy.compute() == 0


def test_reset_forgets():
    accuracy = Classes()
    accuracy.update([Label(0), Label(1)], [Label(0), Label(1)])
    accuracy.reset()
    assert math.isnan(accuracy.compute())
