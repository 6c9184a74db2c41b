import numpy as np
import pytest

from nnlab.checks.parity.conventions.log_floor import LogFloor
from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.heads import OUTPUT

P = np.array([[1.0, 0.0, 0.0], [1e-9, 0.4, 0.6 - 1e-9], [0.2, 0.3, 0.5]])
Y = np.eye(3)[[0, 0, 2]]


@pytest.mark.parametrize(
    ("words", "q"),
    [
        ("as Keras has it", lambda p: p.clamp(1e-7, 1 - 1e-7)),
        ("1e-08 is added", lambda p: p + 1e-8),
        ("1e-12 is added", lambda p: p + 1e-12),
    ],
)
def test_autograd_of_the_formula(make, choice, words, q):
    torch = pytest.importorskip("torch", reason="autograd is what the gradient is held against")
    loss = choice(LogFloor, make(), words).loss[OUTPUT].loss
    p = torch.tensor(P, requires_grad=True)
    expected = -(torch.tensor(Y) * q(p).log()).sum() / 3
    expected.backward()
    value, dp = loss(P, Target(Y), Context())
    np.testing.assert_allclose(value, expected.item(), rtol=1e-14)
    assert dp.shape == P.shape
    np.testing.assert_allclose(dp, p.grad.numpy(), rtol=1e-14)


def test_the_name_stays_for_it_names_tensors(make):
    assert {type(variant.loss[OUTPUT].loss).__name__ for _, variant in LogFloor().variants(make())} == {"CrossEntropy"}
