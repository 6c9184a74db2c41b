import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.layers.add import Add
from nnlab.layers.stochastic_depth import StochasticDepth
from nnlab.models.graph import Graph
from nnlab.testing.batches import forward


def test_a_sample_loses_the_branch_or_has_more_of_it():
    x = np.random.default_rng(0).random((1000, 2, 3, 2)) + 1
    layer, ctx = StochasticDepth(rate=0.2), Context(training=True, rng=Rng(1), node="d")
    y, cache = layer.forward(x, ctx=ctx)
    share = (y / x).reshape(len(x), -1)
    np.testing.assert_allclose(share, np.repeat(share[:, :1], 12, axis=1), rtol=1e-12)
    np.testing.assert_allclose(np.unique(share.round(12)), [0, 1.25], rtol=1e-12)
    assert (share[:, 0] == 0).mean() == pytest.approx(0.2, abs=0.08)  # 1,000 coins: six standard errors
    np.testing.assert_array_equal(layer.backward(x, cache, ctx)[0], y)


def test_in_evaluation_the_branch_is_whole(training, evaluation):
    x = np.ones((4, 3))
    for layer, ctx in ((StochasticDepth(rate=0.9), evaluation), (StochasticDepth(rate=0.0), training)):
        y, cache = layer.forward(x, ctx=ctx)
        assert y is x
        np.testing.assert_array_equal(layer.backward(x, cache, ctx)[0], x)


def test_a_block_that_loses_its_branch_passes_its_input_on():
    graph = Graph(emits="logits")
    graph.add("branch", StochasticDepth(rate=0.5))
    graph.add("sum", Add(), "branch", "input")
    graph.build((3,), rng=Rng(0), dtype=np.float64)
    y, _ = forward(graph, np.ones((40, 3)), Context(training=True, rng=Rng(2)))
    np.testing.assert_array_equal(np.unique(y), [1, 3])


def test_a_rate_of_one_is_refused():
    with pytest.raises(UsageError, match=r"StochasticDepth\.rate"):
        StochasticDepth(rate=1.0)
