import numpy as np
import pytest

from nnlab.checks.parity.conventions.clip_norm import ClipNorm
from nnlab.core.parameter import Parameter
from nnlab.optimizers.constant import Constant

GRADIENTS = [np.array([3.0, 4.0]), np.array([[0.3], [0.4]])]


@pytest.fixture
def clipped(make, choice):
    """The gradients after a step, of parameters whose gradients are GRADIENTS."""

    def of(words, limit, clip_value=None):
        subject = make(rule=Constant(), clip_norm=limit, clip_value=clip_value)
        (optimizer,) = [v.optimizer for said, v in ClipNorm().variants(subject) if said.startswith(words)]
        parameters = [Parameter(f"p{i}", np.ones_like(gradient)) for i, gradient in enumerate(GRADIENTS)]
        for parameter, gradient in zip(parameters, GRADIENTS, strict=True):
            parameter.zero_grad()
            parameter.add(gradient)
        optimizer.step(parameters, epoch=0, epochs=1)
        return [parameter.grad for parameter in parameters]

    return of


@pytest.mark.parametrize("limit", [0.1, 100.0])
@pytest.mark.parametrize(("words", "together"), [("1e-6", True), ("each parameter by itself with", False)])
def test_torch_clips_alike(clipped, words, together, limit):
    torch = pytest.importorskip("torch", reason="torch's clip_grad_norm_ is what this is held against")
    theirs = [torch.zeros(gradient.shape, dtype=torch.float64) for gradient in GRADIENTS]
    for tensor, gradient in zip(theirs, GRADIENTS, strict=True):
        tensor.grad = torch.tensor(gradient)
    for group in [theirs] if together else [[tensor] for tensor in theirs]:
        torch.nn.utils.clip_grad_norm_(group, limit)
    for ours, tensor in zip(clipped(words, limit), theirs, strict=True):
        np.testing.assert_allclose(ours, tensor.grad.numpy(), rtol=1e-14)


def test_one_by_one_by_hand(clipped):
    long, short = clipped("each parameter by itself, as Keras", 1.0)
    np.testing.assert_allclose(long, [0.6, 0.8], rtol=1e-15)
    np.testing.assert_array_equal(short, GRADIENTS[1])


def test_elements_are_clipped_after_it(clipped):
    long, _ = clipped("each parameter by itself, as Keras", 1.0, clip_value=0.7)
    np.testing.assert_allclose(long, [0.6, 0.7], rtol=1e-15)
