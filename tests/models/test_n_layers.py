"""NLayers: its nodes for every choice, and that without hidden layers it is OneLayer (F7)."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.base import MODELS, Model
from nnlab.models.graph import Graph
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.models.one_layer import OneLayer
from nnlab.testing.batches import one_head


def network(model: Model, dtype: type = np.float64, in_shape: tuple[int, ...] = (3, 4, 2)) -> Graph:
    return model.graph(in_shape, one_head(5)).build(in_shape, rng=Rng(0), dtype=dtype)


def layers(model: Model) -> list[tuple[str, str]]:
    return [(node.name, type(node.layer).__name__) for node in network(model).nodes]


def images(dtype: type = np.float64, samples: int = 8) -> tuple[Array, Array]:
    generator = Rng(1).generator()
    x = generator.random((samples, 3, 4, 2)).astype(dtype)
    return x, np.eye(5, dtype=dtype)[generator.integers(0, 5, samples)]


def test_the_defaults_are_one_hidden_layer_with_batch_norm() -> None:
    assert layers(NLayers()) == [
        ("flatten", "Flatten"),
        ("dense_1", "Dense"),
        ("batch_norm_1", "BatchNorm"),
        ("activation_1", "LeakyReLU"),
        ("output", "Dense"),
        ("output_batch_norm", "BatchNorm"),
        ("softmax", "Softmax"),
    ]
    assert {p.name for p in network(NLayers()).parameters} == {
        *("dense_1.weight", "batch_norm_1.gamma", "batch_norm_1.beta"),
        *("output.weight", "output_batch_norm.gamma", "output_batch_norm.beta"),
    }


def test_every_choice_shows() -> None:
    model = NLayers(
        layers=(4, 3), activation="tanh", batch_norm=False, dropout_rate=0.25, initializer="One", fused=True
    )
    graph = network(model)
    assert layers(model)[1:4] == [("dense_1", "Dense"), ("activation_1", "Tanh"), ("dropout_1", "Dropout")]
    assert [name for name, _ in layers(model)][4:] == ["dense_2", "activation_2", "dropout_2", "output"]
    assert graph.outlet.emits == "logits" and graph.nodes[3].layer.options()["rate"] == 0.25
    assert {"dense_1.bias", "dense_2.bias", "output.bias"} < {p.name for p in graph.parameters}
    np.testing.assert_array_equal(graph.state()["dense_2.weight"], np.ones((4, 3)))


@pytest.mark.parametrize(
    ("batch_norm", "bias", "has"), [(True, None, False), (False, None, True), (True, True, True), (False, False, False)]
)
def test_biases_are_there_where_no_batch_norm_is_unless_said(batch_norm: bool, bias: bool | None, has: bool) -> None:
    names = {p.name for p in network(NLayers(layers=(4,), batch_norm=batch_norm, bias=bias)).parameters}
    assert ("dense_1.bias" in names) is has and ("output.bias" in names) is has


def test_vectors_need_no_flatten() -> None:
    for model in (NLayers(), OneLayer()):
        graph = network(model, in_shape=(24,))
        assert "flatten" not in {node.name for node in graph.nodes} and graph.out_shape == (5,)
        for name, value in network(model).state().items():
            np.testing.assert_array_equal(graph.state()[name], value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("fused", [False, True])
def test_without_hidden_layers_it_is_one_layer(fused: bool, dtype: type) -> None:
    """F7: the gradient of softmax then cross-entropy is the a - y shortcut; both start from the same weights."""
    x, y = images(dtype)
    twin = network(NLayers(layers=(), batch_norm=False, fused=fused), dtype)
    one = network(OneLayer(), dtype)
    assert [p.name for p in twin.parameters] == [p.name for p in one.parameters] == ["output.weight", "output.bias"]
    found = []
    for graph in (one, twin):
        objective, ctx = Objective(graph, CrossEntropy()), Context(training=True)
        outputs, tape = graph.forward(x, ctx)
        loss, dys = objective.mean_loss(outputs, {OUTPUT: Target(y)}, ctx)
        objective.backward(dys, tape, ctx)
        found.append((loss, objective.read(outputs)[OUTPUT], [p.grad for p in graph.parameters]))
    (loss, probabilities, grads), (twin_loss, twin_probabilities, twin_grads) = found
    rounding = 16 * float(np.finfo(dtype).eps)  # the two orders of operations round differently, a few times
    assert twin_loss == pytest.approx(loss, rel=rounding)
    np.testing.assert_allclose(twin_probabilities, probabilities, rtol=rounding)
    for grad, twin_grad in zip(grads, twin_grads, strict=True):
        assert twin_grad.dtype == dtype
        np.testing.assert_allclose(twin_grad, grad, rtol=0, atol=rounding * np.abs(grad).max())
    for p, q in zip(one.parameters, twin.parameters, strict=True):
        np.testing.assert_array_equal(p.value, q.value)


def test_hidden_weights_do_not_depend_on_the_other_choices() -> None:
    plain = network(NLayers(layers=(4,))).state()
    for other in (
        NLayers(layers=(4, 3)),
        NLayers(layers=(4,), batch_norm=False),
        NLayers(layers=(4,), dropout_rate=0.5),
    ):
        np.testing.assert_array_equal(network(other).state()["dense_1.weight"], plain["dense_1.weight"])


@pytest.mark.parametrize(
    ("options", "where", "says"),
    [
        ({"layers": "0"}, "NLayers.layers", "at least 1"),
        ({"layers": "100,0"}, "NLayers.layers", "at least 1"),
        ({"layers": "ten"}, "NLayers.layers", "whole number"),
        ({"activation": "LeekyReLU"}, "NLayers.activation", "did you mean LeakyReLU"),
        ({"activation": "Dense"}, "NLayers.activation", "Dense is no activation"),
        ({"activation_options": '{"alfa":0.2}'}, "NLayers.activation_options", "did you mean alpha"),
        ({"activation_options": '{"alpha":2}'}, "NLayers.activation_options", "at most 1"),
        ({"activation": "Tanh", "activation_options": {"alpha": 0.2}}, "NLayers.activation_options", "it has none"),
        ({"dropout_rate": "1"}, "NLayers.dropout_rate", "below 1"),
        ({"dropout_rate": "nan"}, "NLayers.dropout_rate", "finite"),
        ({"initializer": "GlorotNorml"}, "NLayers.initializer", "did you mean GlorotNormal"),
    ],
)
def test_a_wrong_option_is_said_when_the_model_is_made(options: dict[str, Any], where: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(MODELS.get("n-layers"), options)
    assert caught.value.where == where and says in str(caught.value)


def test_layers_empty_is_none_and_text_is_understood() -> None:
    assert make(NLayers, {"layers": ""}).layers == ()
    assert make(NLayers, {"layers": "16,8"}).layers == (16, 8)


def test_the_momentum_of_every_batch_norm_is_the_models() -> None:
    graph = NLayers(layers=(4,), batch_norm_momentum=0.25).graph((3,), one_head(2))
    norms = [node.layer for node in graph.nodes if isinstance(node.layer, BatchNorm)]
    assert [norm.momentum for norm in norms] == [0.25, 0.25]


def test_the_activation_has_the_options_that_are_given() -> None:
    model = make(NLayers, {"layers": "4,3", "activation_options": '{"alpha": 0.25}'})
    slopes = [node.layer.alpha for node in model.graph((3,), one_head(2)).nodes if isinstance(node.layer, LeakyReLU)]
    assert slopes == [0.25, 0.25]
    assert [n.layer.alpha for n in NLayers().graph((3,), one_head(2)).nodes if isinstance(n.layer, LeakyReLU)] == [0.01]


def test_the_batch_norm_of_the_output_can_be_left_out() -> None:
    names = [node.name for node in NLayers(layers=(6,), output_batch_norm=False).graph((4,), one_head(3)).nodes]
    assert names == ["dense_1", "batch_norm_1", "activation_1", "output", "softmax"]
    graph = NLayers(layers=(6,), output_batch_norm=False).graph((4,), one_head(3))
    graph.build((4,), rng=Rng(0), dtype=np.float32)
    assert {"output.bias"} == {parameter.name for parameter in graph.parameters if parameter.name.endswith("bias")}
