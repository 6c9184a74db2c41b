import numpy as np
import pytest

from nnlab.checks.parity.conventions.kink_slope import KinkSlope
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.relu import ReLU

X = np.array([[-1.0, 0.0, 2.0, 0.0, -0.0, 3.0]])


@pytest.mark.parametrize(
    ("layer", "words", "slope"),
    [
        (ReLU(), "above zero", 1.0),
        (ReLU(), "the mean", 0.5),
        (LeakyReLU(alpha=0.2), "above zero", 1.0),
        (LeakyReLU(alpha=0.2), "the mean", 0.6),
    ],
    ids=str,
)
def test_the_slope_at_zero_and_nowhere_else(only, choice, through, layer, words, slope):
    below = getattr(layer, "alpha", 0.0)
    y, dx = through(choice(KinkSlope, only(layer), words), X, np.full_like(X, 3.0))
    np.testing.assert_allclose(y, [[-below, 0, 2, 0, 0, 3]], rtol=1e-15)
    np.testing.assert_allclose(dx, [[3 * below, 3 * slope, 3, 3 * slope, 3 * slope, 3]], rtol=1e-15)


@pytest.mark.parametrize(
    ("words", "theirs"),
    [("above zero", lambda torch, x: x.clamp(min=0)), ("the mean", lambda torch, x: torch.maximum(x, x * 0))],
)
def test_torch_has_these_too(only, choice, through, words, theirs):
    torch = pytest.importorskip("torch", reason="torch's other ways to write ReLU are what this is held against")
    x = torch.tensor(X, requires_grad=True)
    if words == "the mean":
        torch.maximum(x, torch.zeros_like(x)).sum().backward()
    else:
        theirs(torch, x).sum().backward()
    _, dx = through(choice(KinkSlope, only(ReLU()), words), X, np.ones_like(X))
    np.testing.assert_array_equal(dx, x.grad.numpy())
