"""The objective: what is minimised is what is checked, penalty included."""

from itertools import product

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.losses.base import Loss
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.l2 import L2
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.base import Model
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.models.one_layer import OneLayer

MODELS_TRIED = {
    "OneLayer": OneLayer(),
    "no hidden layer": NLayers(layers=(), batch_norm=False),
    "the default": NLayers(layers=(6,)),
    "deep, dropout": NLayers(layers=(6, 5, 4), dropout_rate=0.3, activation="Tanh"),
    "no batch norm": NLayers(layers=(6, 4), batch_norm=False, activation="Sigmoid"),
    "fused": NLayers(layers=(6,), fused=True, bias=True),
}


def batch(dtype: type = np.float64, samples: int = 7) -> Batch:
    generator = Rng(3).generator()
    x = generator.random((samples, 3, 3, 1)).astype(dtype)
    return Batch(x, np.eye(4, dtype=dtype)[generator.integers(0, 4, samples)], [f"{i}.png" for i in range(samples)])


def objective(model: Model, penalty: L2 | None = None, loss: Loss | None = None, dtype: type = np.float64) -> Objective:
    graph = model.graph((3, 3, 1), 4).build((3, 3, 1), rng=Rng(0), dtype=dtype)
    return Objective(graph, loss or CrossEntropy(), penalty)


@pytest.mark.parametrize(("name", "weight_decay"), list(product(MODELS_TRIED, [0.0, 0.1])))
def test_every_gradient_of_a_whole_model_agrees_with_central_differences(name: str, weight_decay: float) -> None:
    whole, at, rng = objective(MODELS_TRIED[name], L2(weight_decay=weight_decay)), batch(), Rng(0).at("step", 1)
    value = whole.backprop(at, Context(training=True, rng=rng)).value
    assert value == whole.value(at, Context(training=True, rng=rng))
    for p in whole.graph.parameters:
        assert p.grad.shape == p.value.shape and p.grad.dtype == np.float64
        numeric = np.empty_like(p.value)
        for index in np.ndindex(p.value.shape):
            kept = p.value[index]
            p.value[index] = kept + 1e-5
            above = whole.value(at, Context(training=True, rng=rng))
            p.value[index] = kept - 1e-5
            numeric[index] = (above - whole.value(at, Context(training=True, rng=rng))) / 2e-5
            p.value[index] = kept
        # A bias before a BatchNorm has no gradient: the 1e-4 keeps rounding (1e-11) from being measured against itself.
        scale = np.linalg.norm(numeric) + np.linalg.norm(p.grad)
        assert np.linalg.norm(p.grad - numeric) <= 1e-7 * max(scale, 1e-3), p.name


def test_the_penalty_is_part_of_the_value_and_counts_weights_only() -> None:
    plain, penalised = objective(NLayers(layers=(6,))), objective(NLayers(layers=(6,)), L2(weight_decay=0.1))
    state = plain.graph.state()
    expected = 0.05 * sum(float(np.sum(state[name] ** 2)) for name in ("dense_1.weight", "output.weight"))
    assert penalised.penalty_value() == pytest.approx(expected, rel=1e-12) and plain.penalty_value() == 0
    assert penalised.penalty_value("dense_1.weight") == pytest.approx(
        0.05 * np.sum(state["dense_1.weight"] ** 2), rel=1e-12
    )
    difference = penalised.value(batch(), Context()) - plain.value(batch(), Context())
    assert difference == pytest.approx(expected, rel=1e-12)


def test_the_loss_takes_the_form_that_fits_the_network() -> None:
    assert isinstance(objective(OneLayer()).loss, SoftmaxCrossEntropy)
    assert isinstance(objective(NLayers()).loss, CrossEntropy)
    assert isinstance(objective(NLayers(fused=True)).loss, SoftmaxCrossEntropy)
    with pytest.raises(UsageError, match="MeanSquaredError"):
        objective(OneLayer(), loss=MeanSquaredError())


@pytest.mark.parametrize("model", [OneLayer(), NLayers(layers=(6,))], ids=["logits", "probabilities"])
def test_probabilities_are_their_own_memory_and_sum_to_one(model: Model) -> None:
    whole = objective(model, dtype=np.float32)
    y, _ = whole.graph.forward(batch(np.float32).inputs, Context())
    p = whole.probabilities(y)
    assert p.shape == (7, 4) and p.dtype == np.float32 and not np.shares_memory(p, y)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)


def test_watch_sees_the_losss_gradient_and_what_its_logarithm_takes() -> None:
    seen: dict[tuple[str, str], np.ndarray] = {}
    whole = objective(NLayers(layers=(6,)))
    whole.backprop(batch(), Context(training=True, watch=lambda node, what, array: seen.update({(node, what): array})))
    assert seen["CrossEntropy", "loss"] is seen["softmax", "backward"]
    assert seen["CrossEntropy", "logarithm"] is seen["softmax", "forward"]


def test_targets_of_another_dtype_are_converted() -> None:
    whole = objective(NLayers(layers=(6,)))
    single = batch(np.float32)
    value = whole.backprop(single, Context(training=True)).value
    assert all(p.grad.dtype == np.float64 for p in whole.graph.parameters)
    double = Batch(single.inputs.astype(np.float64), single.targets.astype(np.float64), single.sources)
    assert whole.value(double, Context(training=True)) == value
