"""The objective: what is minimised is what is checked, penalty included."""

from itertools import product

import numpy as np
import pytest

from nnlab.core.batch import Batch, Target
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.losses.base import Loss, Term
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.penalty import Penalty
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.base import Model
from nnlab.models.learner import Part
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.models.one_layer import OneLayer
from nnlab.testing.batches import forward, labelled, one_head

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
    return labelled(x, np.eye(4, dtype=dtype)[generator.integers(0, 4, samples)], [f"{i}.png" for i in range(samples)])


def objective(
    model: Model, penalty: Penalty | None = None, loss: Loss | None = None, dtype: type = np.float64
) -> Objective:
    graph = model.graph((3, 3, 1), one_head(4)).build((3, 3, 1), rng=Rng(0), dtype=dtype)
    return Objective(graph, loss or CrossEntropy(), penalty)


@pytest.mark.parametrize(("name", "weight_decay"), list(product(MODELS_TRIED, [0.0, 0.1])))
def test_every_gradient_of_a_whole_model_agrees_with_central_differences(name: str, weight_decay: float) -> None:
    whole, at, rng = objective(MODELS_TRIED[name], Penalty(weight_decay=weight_decay)), batch(), Rng(0).at("step", 1)
    value = whole.backprop(at, Context(training=True, rng=rng)).value
    assert value == whole.value(at, Context(training=True, rng=rng))
    assert_agrees_with_differences(whole, at, rng)


def assert_agrees_with_differences(whole: Objective, at: Batch, rng: Rng) -> None:
    """Every parameter's gradient, which a pass has left there."""
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
    plain, penalised = objective(NLayers(layers=(6,))), objective(NLayers(layers=(6,)), Penalty(weight_decay=0.1))
    state = plain.graph.state()
    expected = 0.05 * sum(float(np.sum(state[name] ** 2)) for name in ("dense_1.weight", "output.weight"))
    assert penalised.penalty_value() == pytest.approx(expected, rel=1e-12) and plain.penalty_value() == 0
    assert penalised.penalty_value("dense_1.weight") == pytest.approx(
        0.05 * np.sum(state["dense_1.weight"] ** 2), rel=1e-12
    )
    difference = penalised.value(batch(), Context()) - plain.value(batch(), Context())
    assert difference == pytest.approx(expected, rel=1e-12)


def only_loss(model: Model) -> Loss:
    (term,) = objective(model).terms.values()
    return term.loss


def test_the_loss_takes_the_form_that_fits_the_network() -> None:
    assert isinstance(only_loss(OneLayer()), SoftmaxCrossEntropy)
    assert isinstance(only_loss(NLayers()), CrossEntropy)
    assert isinstance(only_loss(NLayers(fused=True)), SoftmaxCrossEntropy)
    with pytest.raises(UsageError, match="MeanSquaredError"):
        objective(OneLayer(), loss=MeanSquaredError())


@pytest.mark.parametrize("model", [OneLayer(), NLayers(layers=(6,))], ids=["logits", "probabilities"])
def test_probabilities_are_their_own_memory_and_sum_to_one(model: Model) -> None:
    whole = objective(model, dtype=np.float32)
    y, _ = forward(whole.graph, batch(np.float32).inputs, Context())
    p = whole.read({OUTPUT: y})[OUTPUT]
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
    double = single.astype(np.float64)
    assert whole.value(double, Context(training=True)) == value


HEADS = {"kind": Head((4,)), "place": Head((2,), "values", spread=(2.0, 0.5), centre=(10.0, -3.0))}
TERMS = {"kind": Term(CrossEntropy()), "place": Term(MeanSquaredError(), share=0.25)}
BOTH = {
    "OneLayer": OneLayer(),
    "two layers": NLayers(layers=(6, 5), dropout_rate=0.3),
    "fused": NLayers(layers=(6,), fused=True, batch_norm=False, activation="Tanh"),
}


def two_targets(samples: int = 7) -> Batch:
    """A class and a place for each sample; the first sample's place is not known."""
    plain, generator = batch(samples=samples), Rng(9).generator()
    places = Target(generator.normal((10, -3), 2, (samples, 2)), np.array([[0.0], *[[1.0]] * (samples - 1)]))
    return Batch(plain.inputs, {"place": places, "kind": plain.targets[OUTPUT]})


def two_losses(model: Model, penalty: Penalty | None = None) -> Objective:
    return Objective(model.graph((3, 3, 1), HEADS).build((3, 3, 1), rng=Rng(0), dtype=np.float64), TERMS, penalty)


@pytest.mark.parametrize("model", BOTH.values(), ids=BOTH)
def test_gradients_of_two_losses_agree_with_differences_of_their_sum(model: Model) -> None:
    whole, at, rng = two_losses(model, Penalty(weight_decay=0.1)), two_targets(), Rng(0).at("step", 1)
    value = whole.backprop(at, Context(training=True, rng=rng)).value
    assert value == whole.value(at, Context(training=True, rng=rng))
    assert_agrees_with_differences(whole, at, rng)
    assert all(p.grad.any() for p in whole.graph.parameters if p.name.endswith("weight"))


def test_two_losses_are_summed_by_their_shares() -> None:
    whole, at = two_losses(BOTH["two layers"], Penalty(weight_decay=0.1)), two_targets()
    outputs, _ = whole.graph.forward(at.inputs, Context())
    kind, _ = CrossEntropy()(outputs["kind"], at.targets["kind"], Context())
    off = np.square(outputs["place"] - at.targets["place"].value).mean(axis=1)
    loss, dys = whole.mean_loss(outputs, at.targets, Context())
    assert loss == pytest.approx(kind + 0.25 * off[1:].mean(), rel=1e-12)  # a weight of 0 is no sample
    assert not dys["place"][0].any() and dys["place"][1:].all()
    assert whole.value(at, Context()) == pytest.approx(loss + whole.penalty_value(), rel=1e-12)


def test_each_head_s_loss_takes_the_form_that_fits_it() -> None:
    losses = {name: type(term.loss) for name, term in two_losses(BOTH["fused"]).terms.items()}
    assert losses == {"kind": SoftmaxCrossEntropy, "place": MeanSquaredError}
    assert two_losses(BOTH["fused"]).terms["place"].share == 0.25


def test_a_part_of_a_step_counts_by_its_share_in_every_head() -> None:
    """Two halves of a step that are the same samples: the gradient is that of one."""
    whole, at = two_losses(BOTH["fused"]), two_targets()
    whole.backprop(at, Context(training=True))
    once = {p.name: p.grad.copy() for p in whole.graph.parameters}
    for first in (True, False):
        whole.backprop(at, Context(training=True), part=Part(0.5, first=first))
    for p in whole.graph.parameters:
        np.testing.assert_allclose(p.grad, once[p.name], rtol=1e-12, atol=1e-15)


def test_probabilities_and_values_are_read_each_as_what_they_are() -> None:
    whole = two_losses(BOTH["fused"])
    outputs, _ = whole.graph.forward(two_targets().inputs, Context())
    said = whole.read(outputs)
    np.testing.assert_allclose(said["kind"].sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_array_equal(said["place"], outputs["place"])
    assert not np.shares_memory(said["place"], outputs["place"])


def test_watch_tells_the_losses_apart_by_their_heads() -> None:
    seen: dict[tuple[str, str], np.ndarray] = {}
    ctx = Context(training=True, watch=lambda node, what, array: seen.update({(node, what): array}))
    two_losses(BOTH["two layers"]).backprop(two_targets(), ctx)
    assert {node for node, what in seen if what == "loss"} == {"CrossEntropy of kind", "MeanSquaredError of place"}
    assert [node for node, what in seen if what == "logarithm"] == ["CrossEntropy of kind"]
    assert seen["CrossEntropy of kind", "loss"].shape == (7, 4)


@pytest.mark.parametrize("heads", [["kind"], ["kind", "place", "size"], ["kind", "size"]])
def test_losses_of_other_heads_than_there_are_are_refused(heads: list[str]) -> None:
    graph = two_losses(BOTH["fused"]).graph
    with pytest.raises(UsageError, match=f"has the heads kind, place, and the losses are of {', '.join(heads)}$"):
        Objective(graph, {head: Term(MeanSquaredError()) for head in heads})
    with pytest.raises(UsageError, match="the losses are of output"):
        Objective(graph, MeanSquaredError())


@pytest.mark.parametrize("model", [NLayers(layers=(6,)), NLayers(layers=(6,), fused=True)])
def test_each_loss_is_that_of_a_batch_of_one_and_their_mean_that_of_the_batch(model: Model) -> None:
    whole, at = objective(model), batch()
    outputs = whole.graph.outputs(at.inputs, Context())
    each = whole.each(outputs, at.targets, Context())
    loss, _ = whole.mean_loss(outputs, at.targets, Context())
    probabilities = whole.read(outputs)[OUTPUT]
    right = probabilities[np.arange(len(at)), at.targets[OUTPUT].value.argmax(axis=1)]
    np.testing.assert_allclose(each, -np.log(right), rtol=1e-12)  # float64
    assert each.mean() == pytest.approx(loss, rel=1e-12)
