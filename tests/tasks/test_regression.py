import numpy as np
import pytest

from nnlab.core.heads import OUTPUT
from nnlab.core.truths import Rows
from nnlab.metrics.residuals import R2
from nnlab.models.n_layers import NLayers
from nnlab.models.one_layer import OneLayer
from nnlab.tasks.regression import Regression

TRUTHS = Rows(np.array([[10.0, 1.0], [30.0, 1.0]]))


def test_a_network_begins_at_the_mean_and_the_spread_of_what_it_is_to_learn():
    head = Regression().heads(("x", "y"), (4,), TRUTHS)[OUTPUT]
    assert (head.shape, head.kind) == ((2,), "values")
    assert (head.centre, head.spread) == ((20.0, 1.0), (10.0, 1.0))  # no spread to divide by: 1


@pytest.mark.parametrize("model", [OneLayer(), NLayers(layers=(3,))])
def test_models_end_in_numbers_without_batch_norm_or_softmax(model):
    graph = model.graph((4,), Regression().heads(("x", "y"), (4,), TRUTHS))
    assert [node.name for node in graph.nodes][-2:] == ["output", "output_units"]
    assert graph.outlet.emits == "values"


def test_the_chosen_metric_stands_first_and_none_twice():
    names = list(Regression().metrics(R2()))
    assert names == ["r2", "mae", "rmse"]
    assert list(Regression().metrics(Regression().metrics(R2())["rmse"])) == ["rmse", "mae", "r2"]


def test_the_best_guess_is_the_mean():
    np.testing.assert_array_equal(Regression().guesses(TRUTHS).numbers, [[20.0, 1.0], [20.0, 1.0]])


@pytest.mark.parametrize("count", [3, 10, 100])
def test_equal_numbers_are_learnt_in_units_of_one(count):
    head = Regression().heads(("a",), (4,), Rows(np.full((count, 1), 0.1)))[OUTPUT]
    assert head.spread == (1.0,)
