"""Slopes on torch: those of the hand-written pass."""

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.node import INPUT
from tests.models.test_slopes import CHOSEN, EXAMPLES, built, samples


def on_torch(graph):
    from nnlab.backends.torch.devices import CPU
    from nnlab.backends.torch.slopes import TorchSlopes

    return TorchSlopes(graph, device=CPU)


@pytest.mark.parametrize(("model", "options"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_scores_and_slopes_are_those_of_the_hand_written_pass(model, options):
    """In float64: 1e-10 is a hundred times what sums in another order differ by in the largest of these."""
    from nnlab.backends.torch.devices import one_thread

    graph, x = built(model, options), samples()
    ours, theirs = HandSlopes(graph), on_torch(graph)
    with one_thread():
        _hold(ours, theirs, x)


def _hold(ours, theirs, x):
    np.testing.assert_allclose(theirs.scores(x), ours.scores(x), rtol=1e-10, atol=1e-10)
    assert list(ours.places) == list(theirs.places)
    for node in (INPUT, *list(ours.places)[-2:]):
        one, other = ours.at(node, x, CHOSEN), theirs.at(node, x, CHOSEN)
        assert one.gradients.shape == other.gradients.shape and one.gradients.dtype == other.gradients.dtype
        np.testing.assert_allclose(other.values, one.values, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(other.gradients, one.gradients, rtol=1e-10, atol=1e-10)


def test_random_weights_are_the_same_ones():
    graph = built("SmallCnn", {"widths": (3, 2)})
    ours, theirs = HandSlopes(graph).redrawn(Rng(4)), on_torch(graph).redrawn(Rng(4))
    np.testing.assert_allclose(theirs.scores(samples()), ours.scores(samples()), rtol=1e-10, atol=1e-10)


def test_behind_the_softmax_nothing_comes_back():
    slope = on_torch(built("NLayers", {"layers": (4,)})).at("softmax", samples(), CHOSEN)
    assert slope.values.shape == (2, 3) and not slope.gradients.any()


def test_a_learners_slopes_are_a_copy(make):
    learner = make()
    before = learner.state()
    slopes = learner.slopes(np.float32)
    assert slopes.graph.dtype == np.float32 and learner.slopes().graph.dtype == np.float64
    for value in slopes.graph.held().values():
        value[...] = 3
    for name, value in learner.state().items():
        np.testing.assert_array_equal(value, before[name])
