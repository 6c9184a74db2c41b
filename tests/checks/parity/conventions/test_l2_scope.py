import numpy as np
import pytest

from nnlab.checks.parity.conventions.l2_scope import L2Scope
from nnlab.optimizers.adam_w import AdamW
from nnlab.optimizers.constant import Constant

SCOPES = [
    ("biases and scales", {"weight", "bias", "gamma", "beta"}),
    ("scales are not", {"weight", "bias"}),
]


@pytest.fixture
def decayed(make, choice):
    """The fields of the parameters that decay, when every gradient is zero and every value is 1."""

    def of(words, rule):
        subject = choice(L2Scope, make(rule=rule, learning_rate=0.1, weight_decay=0.1), words)
        optimizer, parameters = subject.optimizer.fresh(), subject.graph.parameters
        for parameter in parameters:
            parameter.value[...] = 1.0
            parameter.zero_grad()
        if optimizer.penalty is not None:
            optimizer.penalty.add_gradient(parameters)
        optimizer.step(parameters, epoch=0, epochs=1)
        ends = {p.name.rpartition(".")[2]: p.value for p in parameters}
        for value in ends.values():
            assert np.all((value == 1) | np.isclose(value, 0.99, rtol=1e-14))  # 1 - 0.1 0.1
        return {field for field, value in ends.items() if (value != 1).all()}

    return of


@pytest.mark.parametrize("rule", [Constant(), AdamW()], ids=["penalty", "decoupled"])
@pytest.mark.parametrize(("words", "fields"), SCOPES)
def test_these_decay_and_no_others(decayed, rule, words, fields):
    assert decayed(words, rule) == fields


def test_the_price_is_that_of_all(make, choice):
    subject = choice(L2Scope, make(weight_decay=0.1), "biases and scales")
    squares = sum(float((p.value**2).sum()) for p in subject.graph.parameters)
    price = subject.optimizer.penalty.value(subject.graph.parameters)
    np.testing.assert_allclose(price, 0.05 * squares, rtol=1e-14)


def test_torch_decays_everything_it_is_given(make, choice):
    torch = pytest.importorskip("torch", reason="torch's own weight_decay is what this is held against")
    subject = choice(L2Scope, make(rule=AdamW(), learning_rate=0.1, weight_decay=0.1), "biases and scales")
    parameters = subject.graph.parameters
    theirs = [torch.tensor(p.value, requires_grad=True) for p in parameters]
    for parameter, tensor in zip(parameters, theirs, strict=True):
        tensor.grad = torch.ones_like(tensor)
        parameter.zero_grad()
        parameter.add(np.ones_like(parameter.value))
    torch.optim.AdamW(theirs, lr=0.1, weight_decay=0.1).step()
    subject.optimizer.step(parameters, epoch=0, epochs=1)
    for parameter, tensor in zip(parameters, theirs, strict=True):
        np.testing.assert_allclose(parameter.value, tensor.detach().numpy(), rtol=1e-12, atol=1e-15)
