import numpy as np
import pytest

from nnlab.checks.parity.conventions.momentum_form import MomentumForm
from nnlab.optimizers.momentum import Momentum

GRADIENTS = [np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([-1.0, 0.25])]


@pytest.mark.parametrize(
    ("words", "options"),
    [("as torch's dampening", {"dampening": 0.8}), ("Nesterov's, w", {"nesterov": True})],
)
def test_torch_goes_the_same_way(make, choice, walk, words, options):
    torch = pytest.importorskip("torch", reason="torch's own option is what this is held against")
    optimizer = choice(MomentumForm, make(rule=Momentum(decay=0.8), learning_rate=0.1), words).optimizer
    weight = torch.ones(2, dtype=torch.float64, requires_grad=True)
    theirs = torch.optim.SGD([weight], lr=0.1, momentum=0.8, **options)
    for ours, gradient in zip(walk(optimizer, np.ones(2), GRADIENTS), GRADIENTS, strict=True):
        weight.grad = torch.from_numpy(gradient)
        theirs.step()
        np.testing.assert_allclose(ours, weight.detach().numpy(), rtol=1e-14)


def ends(step):
    """Where two numbers are that start at 1, by a recurrence of w and v."""
    w, v = np.ones(2), np.zeros(2)
    for gradient in GRADIENTS:
        w, v = step(w, v, gradient)
    return w


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("dampened, v", lambda w, v, dw: (w - 0.1 * (0.8 * v + 0.2 * dw), 0.8 * v + 0.2 * dw)),
        ("rate inside the velocity,", lambda w, v, dw: (w - (0.8 * v + 0.1 * dw), 0.8 * v + 0.1 * dw)),
        ("points downhill", lambda w, v, dw: (w + (0.8 * v - 0.1 * dw), 0.8 * v - 0.1 * dw)),
        (
            "Nesterov's with the rate inside",
            lambda w, v, dw: (w + 0.8 * (0.8 * v - 0.1 * dw) - 0.1 * dw, 0.8 * v - 0.1 * dw),
        ),
    ],
)
def test_each_is_its_formula(make, choice, walk, words, step):
    optimizer = choice(MomentumForm, make(rule=Momentum(decay=0.8), learning_rate=0.1), words).optimizer
    np.testing.assert_allclose(walk(optimizer, np.ones(2), GRADIENTS)[-1], ends(step), rtol=1e-14)


def test_dampening_begins_with_the_whole_gradient(make, choice):
    """The one choice that shows at step 2 only."""
    rule = choice(MomentumForm, make(rule=Momentum()), "as torch's dampening").optimizer.rule
    assert rule.recurrence(0.0, 1.0, (0.0,), rate=1.0, step=1) == (-1.0, (1.0,))
    w, (v,) = rule.recurrence(0.0, 1.0, (1.0,), rate=1.0, step=2)
    np.testing.assert_allclose([w, v], [-1.0, 1.0], rtol=1e-15)  # 0.9 + 0.1
