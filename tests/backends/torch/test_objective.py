"""TorchObjective: the hand-written objective's value and gradient, penalty included."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.torch.losses import TorchTarget  # noqa: E402
from nnlab.backends.torch.objective import TorchObjective  # noqa: E402
from nnlab.core.context import Context  # noqa: E402
from nnlab.core.errors import UsageError  # noqa: E402
from nnlab.core.heads import OUTPUT  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.losses.mean_squared_error import MeanSquaredError  # noqa: E402
from nnlab.losses.penalty import Penalty  # noqa: E402
from nnlab.models.n_layers import NLayers  # noqa: E402
from nnlab.models.objective import Objective  # noqa: E402
from nnlab.testing.batches import one_head  # noqa: E402

STEP = Rng(0).at("step", 3)


def both(loss, *, fused=False, decay=0.1):
    graph = NLayers(layers=(6,), dropout_rate=0.3, fused=fused).graph((20,), one_head(3))
    definition = Objective(graph.build((20,), rng=Rng(0), dtype=np.float64), loss, Penalty(weight_decay=decay))
    values = {name: torch.from_numpy(value) for name, value in graph.state().items()}
    for parameter in graph.parameters:
        values[parameter.name].requires_grad_()
    return definition, TorchObjective(definition, values), values


@pytest.fixture
def data(batch):
    found = batch()
    return replace(found, inputs=found.inputs.reshape(len(found), 20))


@pytest.mark.parametrize(("loss", "fused"), [(CrossEntropy(), False), (CrossEntropy(), True), (MeanSquaredError(), 0)])
def test_value_and_gradient_are_the_definitions(loss, fused, data):
    definition, objective, values = both(loss, fused=bool(fused))
    expected = definition.backprop(data, Context(training=True, rng=STEP)).value
    ctx = Context(training=True, rng=STEP)
    mean = objective.mean_loss(
        objective.graph.outputs(torch.from_numpy(data.inputs), ctx),
        {OUTPUT: TorchTarget.of(data.targets[OUTPUT], torch.from_numpy)},
        ctx,
    )
    objective.backward(mean)
    assert mean.item() + objective.penalty_value() == pytest.approx(expected, rel=1e-14)
    for parameter in definition.graph.parameters:
        scale = np.abs(parameter.grad).max()
        np.testing.assert_allclose(values[parameter.name].grad.numpy(), parameter.grad, rtol=0, atol=1e-13 * scale)


def test_the_penalty_is_of_what_is_penalised_alone_or_together():
    definition, objective, _ = both(CrossEntropy())
    names = [parameter.name for parameter in definition.graph.parameters]
    parts = {name: objective.penalty_value(name) for name in names}
    assert sum(parts.values()) == pytest.approx(objective.penalty_value(), rel=1e-14)
    assert parts == pytest.approx({name: definition.penalty_value(name) for name in names}, rel=1e-14)
    assert parts["batch_norm_1.gamma"] == 0 < parts["dense_1.weight"]
    assert both(CrossEntropy(), decay=0.0)[1].penalty_value() == 0


def test_a_weight_that_the_loss_does_not_depend_on_has_a_gradient_of_zero_and_its_penalty():
    definition, objective, values = both(CrossEntropy())
    objective.backward(values["output_batch_norm.beta"].sum())
    assert torch.equal(values["batch_norm_1.gamma"].grad, torch.zeros(6, dtype=torch.float64))
    np.testing.assert_allclose(values["dense_1.weight"].grad, 0.1 * definition.graph.parameters[0].value, rtol=1e-15)


def test_probabilities_are_memory_of_their_own():
    _, objective, _ = both(CrossEntropy())
    y = torch.rand(4, 3)
    found = objective.read({OUTPUT: y})[OUTPUT]
    assert np.array_equal(found, y.numpy()) and not np.shares_memory(found, y.numpy())
    logits = both(CrossEntropy(), fused=True)[1].read({OUTPUT: y})[OUTPUT]
    np.testing.assert_allclose(logits.sum(axis=1), 1, rtol=1e-6)


def test_a_loss_without_a_translation_is_named():
    with pytest.raises(UsageError, match="loss Mine has no translation to torch"):
        both(type("Mine", (MeanSquaredError,), {})())
