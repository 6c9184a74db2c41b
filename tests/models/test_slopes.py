"""Slopes: equal to differences, at the input and at nodes; a copy that nothing is shared with."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.models.base import MODELS
from nnlab.models.graph import Graph
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.node import INPUT
from nnlab.models.one_layer import OneLayer
from nnlab.testing.batches import one_head

SHAPE = (16, 16, 2)
STEP = 1e-6
CHOSEN = np.array([2, 0])


def built(model: str, options: Mapping[str, Any], shape: tuple[int, ...] = SHAPE) -> Graph:
    graph = make(MODELS.get(model), options).graph(shape, one_head(3))
    return graph.build(shape, rng=Rng(1), dtype=np.float64)


def samples(shape: tuple[int, ...] = SHAPE, count: int = 2) -> np.ndarray:
    return Rng(5).generator().random((count, *shape))


EXAMPLES = [
    ("SmallCnn", {"widths": (3, 2), "activation": "SiLU"}),
    ("SmallCnn", {"widths": (2,), "batch_norm": False, "pooling": "last", "dense": (3,), "dropout_rate": 0.4}),
    ("NLayers", {"layers": (6, 5), "activation": "Tanh", "dropout_rate": 0.3}),
    ("OneLayer", {}),
    ("MBConvNet", {}),
]


@pytest.mark.parametrize(("model", "options"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_the_gradient_of_the_input_is_that_of_differences(model: str, options: Mapping[str, Any]) -> None:
    """Along three directions: half a step each way, in float64, so that 1e-6 is far above rounding and truncation; at
    a kink of ReLU between the two points the difference would show, and these have none."""
    network, x, chance = HandSlopes(built(model, options)), samples(), Rng(2).generator()
    slope = network.at(INPUT, x, CHOSEN)
    assert slope.gradients.shape == x.shape and slope.gradients.dtype == np.float64
    for _ in range(3):
        way = chance.standard_normal(x.shape)
        ends = [network.scores(x + side * STEP / 2 * way)[[0, 1], CHOSEN].sum() for side in (1, -1)]
        expected = (ends[0] - ends[1]) / STEP
        assert (slope.gradients * way).sum() == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_of_a_probability_the_score_is_what_the_softmax_is_given() -> None:
    graph = built("NLayers", {"layers": (4,)})
    network = HandSlopes(graph)
    assert network.score_kind == "logit" and network.score_node == "output_batch_norm"
    assert HandSlopes(built("NLayers", {"layers": (4,), "fused": True})).score_kind == "logit"


def test_what_a_node_gave_and_its_gradient_by_hand() -> None:
    graph = Graph(emits="logits")
    graph.add("conv", Conv2d(maps=2, kernel=1, padding="valid"))
    graph.add("flat", Flatten())
    graph.add("dense", Dense(units=3))
    graph.build((2, 2, 1), rng=Rng(0), dtype=np.float64)
    x = samples((2, 2, 1), 1)
    slope = HandSlopes(graph).at("conv", x, np.array([1]))
    held = graph.held()
    expected = np.einsum("nhwc,uvcm->nhwm", x, held["conv.weight"].reshape(1, 1, 1, 2)) + held["conv.bias"]
    np.testing.assert_allclose(slope.values, expected, rtol=1e-12)  # a product and a sum: rounding alone
    np.testing.assert_array_equal(slope.gradients, held["dense.weight"][:, 1].reshape(1, 2, 2, 2))


def test_a_node_that_the_score_does_not_hear_of_has_no_slope() -> None:
    """Behind the softmax nothing comes back."""
    slope = HandSlopes(built("NLayers", {"layers": (4,)})).at("softmax", samples(), CHOSEN)
    assert slope.gradients.shape == (2, 3) and not slope.gradients.any()


def test_samples_are_taken_flat_or_as_pictures() -> None:
    network = HandSlopes(built("OneLayer", {}, (12,)))
    x = samples((2, 3, 2))
    slope = network.at(INPUT, x, CHOSEN)
    assert slope.gradients.shape == x.shape
    np.testing.assert_array_equal(slope.gradients.reshape(2, 12), network.at(INPUT, x.reshape(2, 12), CHOSEN).gradients)


def test_places_are_those_of_nodes_with_height_and_width() -> None:
    network = HandSlopes(built("SmallCnn", {"widths": (3, 2)}))
    assert network.places["conv_1"] == (16, 16, 3) and network.places["pool_2"] == (4, 4, 2)
    assert "flatten" not in network.places and "output" not in network.places


def test_a_map_for_every_sample_has_no_score() -> None:
    graph = MODELS.get("UNet")(base=2, depth=1).graph((8, 8, 1), {OUTPUT: Head((None, None, 2))})
    with pytest.raises(UsageError, match="no score that speaks for all of it"):
        HandSlopes(graph.build((8, 8, 1), rng=Rng(0), dtype=np.float32))


def test_weights_drawn_anew_are_others_and_those_left_out_are_not() -> None:
    network = HandSlopes(built("SmallCnn", {"widths": (3, 2)}))
    before = network.graph.state()
    network.graph.held()["batch_norm_1.running_mean"][:] = 7
    one, some = network.redrawn(Rng(9)).graph.held(), network.redrawn(Rng(9), ["output"]).graph.held()
    assert not np.array_equal(one["conv_1.weight"], before["conv_1.weight"])
    np.testing.assert_array_equal(one["output.weight"], some["output.weight"])
    np.testing.assert_array_equal(some["conv_1.weight"], before["conv_1.weight"])
    assert not one["batch_norm_1.running_mean"].any() and (some["batch_norm_1.running_mean"] == 7).all()
    np.testing.assert_array_equal(network.graph.held()["conv_1.weight"], before["conv_1.weight"])


def test_backward_from_a_node_passes_by_what_lies_behind_it() -> None:
    from nnlab.core.context import Context

    graph = Graph(emits="logits")
    graph.add("one", Dense(units=3))
    graph.add("norm", BatchNorm())
    graph.add("two", Dense(units=2))
    graph.build((4,), rng=Rng(0), dtype=np.float64)
    x = samples((4,))
    _, tape = graph.forward(x, Context())
    seed = np.ones((2, 3))
    graph.zero_grad()
    dx = graph.backward_from({"one": seed}, tape, Context(), needs_dx=True)
    np.testing.assert_allclose(dx, seed @ graph.held()["one.weight"].T, rtol=1e-12)
    assert not graph.own("two")["weight"].grad.any()


def test_a_learners_slopes_are_a_copy() -> None:
    from nnlab.backends.numpy.learner import NumpyLearner
    from nnlab.losses.cross_entropy import CrossEntropy
    from nnlab.optimizers.adam import Adam
    from nnlab.optimizers.optimizer import Optimizer

    graph = OneLayer().graph(SHAPE, one_head(3)).build(SHAPE, rng=Rng(0), dtype=np.float32)
    learner = NumpyLearner(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()))
    slopes = learner.slopes(np.float64)
    slopes.at(INPUT, samples(), CHOSEN)
    assert slopes.graph.dtype == np.float64 and learner.slopes().graph.dtype == np.float32
    assert not any(parameter.grad.any() for parameter in graph.parameters)
    slopes.graph.parameters[0].value[:] = 0
    assert graph.parameters[0].value.any()
