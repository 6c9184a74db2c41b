import numpy as np
import pytest

from nnlab.checks.parity.conventions.leaky_slope import USUAL, LeakySlope
from nnlab.layers.leaky_relu import LeakyReLU


@pytest.mark.parametrize("alpha", USUAL)
def test_as_torch_with_that_slope(only, choice, through, alpha):
    torch = pytest.importorskip("torch", reason="torch's own slope is what this is held against")
    x = torch.tensor(np.random.default_rng(0).normal(size=(4, 6)), requires_grad=True)
    expected = torch.nn.functional.leaky_relu(x, alpha)
    expected.sum().backward()
    subject = choice(LeakySlope, only(LeakyReLU(alpha=0.5)), f"alpha {alpha:g},")
    y, dx = through(subject, x.detach().numpy(), np.ones((4, 6)))
    np.testing.assert_array_equal(y, expected.detach().numpy())
    np.testing.assert_array_equal(dx, x.grad.numpy())
