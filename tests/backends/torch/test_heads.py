"""A network with two heads on torch: the same losses, gradients and steps as those that are written by hand."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.base import BACKENDS, Engine  # noqa: E402
from nnlab.backends.torch.losses import TorchTarget  # noqa: E402
from nnlab.backends.torch.objective import TorchObjective  # noqa: E402
from nnlab.checks.gradients import check_gradients  # noqa: E402
from nnlab.core.batch import Batch, Target  # noqa: E402
from nnlab.core.context import Context  # noqa: E402
from nnlab.core.heads import Head  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.losses.base import Term  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.losses.penalty import Penalty  # noqa: E402
from nnlab.losses.robust import Huber  # noqa: E402
from nnlab.models.n_layers import NLayers  # noqa: E402
from nnlab.models.objective import Objective  # noqa: E402
from nnlab.models.one_layer import OneLayer  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402

HEADS = {"kind": Head((3,)), "place": Head((2,), "values", spread=(2.0, 0.5), centre=(10.0, -3.0))}
TERMS = {"kind": Term(CrossEntropy()), "place": Term(Huber(delta=0.5), share=0.25)}
MODELS = {
    "OneLayer": OneLayer(),
    "two layers": NLayers(layers=(6, 5), dropout_rate=0.3),
    "fused": NLayers(layers=(6,), fused=True, batch_norm=False, activation="Tanh"),
}
SHAPE, STEP = (4, 5, 1), Rng(0).at("step", 3)


@pytest.fixture(params=MODELS.values(), ids=MODELS)
def graph(request):
    return request.param.graph(SHAPE, HEADS).build(SHAPE, rng=Rng(0), dtype=np.float64)


@pytest.fixture
def data(batch) -> Batch:
    """Classes, and places of which those of the first samples are not known."""
    plain, generator = batch(), Rng(9).generator()
    weights = np.repeat([[0.0], [1.0], [2.0]], 8, axis=0)
    places = Target(generator.normal((10, -3), 2, (24, 2)), weights)
    return Batch(plain.inputs, {"kind": plain.targets["output"], "place": places}, plain.truths, plain.sources)


def learner(backend, graph):
    """Of a copy of the network: on the processor a learner works in the graph's own memory."""
    optimizer = Optimizer(Adam(), learning_rate=0.01, weight_decay=0.1)
    engine = Engine(device="cpu", threads=1)
    return BACKENDS.get(backend).of(graph.astype(np.float64), loss=TERMS, optimizer=optimizer, engine=engine)


def test_value_and_gradient_are_the_definitions(graph, data):
    definition = Objective(graph, TERMS, Penalty(weight_decay=0.1))
    values = {name: torch.from_numpy(value) for name, value in graph.state().items()}
    for parameter in graph.parameters:
        values[parameter.name].requires_grad_()
    objective = TorchObjective(definition, values)
    expected = definition.backprop(data, Context(training=True, rng=STEP)).value

    ctx = Context(training=True, rng=STEP)
    targets = {name: TorchTarget.of(target, torch.from_numpy) for name, target in data.targets.items()}
    mean = objective.mean_loss(objective.graph.outputs(torch.from_numpy(data.inputs), ctx), targets, ctx)
    objective.backward(mean)
    # the same sums in another order
    assert mean.item() + objective.penalty_value() == pytest.approx(expected, rel=1e-13)
    for parameter in graph.parameters:
        scale = np.abs(parameter.grad).max()
        found = values[parameter.name].grad.numpy()
        np.testing.assert_allclose(found, parameter.grad, rtol=0, atol=1e-12 * scale, err_msg=parameter.name)


def test_steps_and_scores_are_numpys(graph, data):
    mine, numpys = learner("torch", graph), learner("numpy", graph)
    for i in range(3):
        words = {"rng": Rng(0).at("step", i), "epoch": i, "epochs": 3}
        found, expected = mine.learn(data, **words), numpys.learn(data, **words)
        # Adam divides by the gradient's own size, which makes more of rounding
        assert found.loss == pytest.approx(expected.loss, rel=1e-9)
        assert list(found.outputs) == list(expected.outputs) == ["kind", "place"]
    for name, value in numpys.state().items():
        np.testing.assert_allclose(mine.state()[name], value, rtol=1e-7, atol=1e-9, err_msg=name)
    assert mine.evaluate(data).loss == pytest.approx(numpys.evaluate(data).loss, rel=1e-8)
    found, expected = mine.predict(data.inputs), numpys.predict(data.inputs)
    np.testing.assert_allclose(found["kind"].sum(axis=1), 1, rtol=1e-12)
    for head, said in expected.items():
        np.testing.assert_allclose(found[head], said, rtol=1e-6, err_msg=head)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_gradient_check_sees_both_losses(backend, graph, data):
    who = learner(backend, graph)
    report = check_gradients(who.probe(data, rng=STEP), Rng(1), coordinates=4)
    assert not report.failed
    assert {verdict.parameter for verdict in report.verdicts} == {parameter.name for parameter in graph.parameters}


def test_watch_tells_the_losses_apart_by_their_heads(graph, data):
    seen = {}
    for backend in ("torch", "numpy"):
        shown = seen[backend] = {}
        learner(backend, graph).backprop(
            data, rng=STEP, watch=lambda node, what, array, shown=shown: shown.update({(node, what): array.copy()})
        )
    assert seen["torch"].keys() == seen["numpy"].keys()
    for place in [place for place in seen["numpy"] if place[1] == "loss"]:
        np.testing.assert_allclose(seen["torch"][place], seen["numpy"][place], rtol=1e-11, atol=1e-15)
    assert ("Huber of place", "loss") in seen["torch"]
