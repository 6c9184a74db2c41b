import numpy as np
import pytest

from nnlab.checks.parity.conventions.loss_reduction import LossReduction
from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.heads import OUTPUT
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.mean_squared_error import MeanSquaredError

GENERATOR = np.random.default_rng(0)
LOGITS = GENERATOR.normal(size=(5, 3))
TARGET = np.eye(3)[[0, 2, 1, 1, 0]]


@pytest.mark.parametrize(
    ("words", "theirs"),
    [
        ("over the batch", lambda F, z, y: F.cross_entropy(z, y, reduction="sum")),
        ("mean over the classes too", lambda F, z, y: -(y * F.log_softmax(z, dim=-1)).mean()),
    ],
)
def test_cross_entropy_as_torch_reduces_it(make, choice, words, theirs):
    hold(choice(LossReduction, make(model={"fused": True}), words).loss[OUTPUT].loss, theirs)


@pytest.mark.parametrize(
    ("words", "theirs"),
    [
        ('over the batch, as reduction="sum"', lambda F, p, y: F.mse_loss(p, y, reduction="sum") / 3),
        ("a sum over the batch and the classes", lambda F, p, y: F.mse_loss(p, y, reduction="sum")),
        ("half of it", lambda F, p, y: F.mse_loss(p, y) / 2),
        ("half of the sum", lambda F, p, y: (p - y).square().sum() / 10),
    ],
)
def test_squares_as_torch_reduces_them(make, choice, words, theirs):
    hold(choice(LossReduction, make(loss=MeanSquaredError()), words).loss[OUTPUT].loss, theirs)


def hold(loss, theirs):
    torch = pytest.importorskip("torch", reason="torch's own reductions are what this is held against")
    predicted = torch.tensor(LOGITS, requires_grad=True)
    expected = theirs(torch.nn.functional, predicted, torch.tensor(TARGET))
    expected.backward()
    value, gradient = loss(LOGITS, Target(TARGET), Context())
    np.testing.assert_allclose(value, expected.item(), rtol=1e-13)
    assert gradient.shape == LOGITS.shape and gradient.dtype == LOGITS.dtype
    np.testing.assert_allclose(gradient, predicted.grad.numpy(), rtol=1e-12, atol=1e-16)


def test_the_name_stays_for_it_names_tensors(make):
    for _, variant in LossReduction().variants(make()):
        loss = variant.loss[OUTPUT].loss
        assert type(loss).__name__ == "CrossEntropy" and isinstance(loss, CrossEntropy)
        assert loss.of("probabilities") is loss


def test_scaled_once_is_enough(make):
    for _, variant in LossReduction().variants(make()):
        assert list(LossReduction().variants(variant)) == []


@pytest.mark.parametrize(("words", "factor"), [("over the batch", 2 * 3 * 4), ("mean over the classes too", 1 / 5)])
def test_every_place_of_a_map_counts(make, choice, words, factor):
    loss = choice(LossReduction, make(), words).loss[OUTPUT].loss
    predicted = np.full((2, 3, 4, 5), 0.2)
    value, gradient = loss(predicted, Target(np.eye(5)[np.zeros((2, 3, 4), int)]), Context())
    np.testing.assert_allclose(value, factor * np.log(5))
    assert gradient.shape == predicted.shape
    half = np.zeros((2, 3, 4, 1))
    half[0] = 1
    value, _ = loss(predicted, Target(np.eye(5)[np.zeros((2, 3, 4), int)], half), Context())
    np.testing.assert_allclose(value, (factor / 2 if factor > 1 else factor) * np.log(5))


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.2}])
def test_its_options_stay(make, options):
    """Of a loss with options the whole is scaled, not one that has the defaults."""
    variants = list(LossReduction().variants(make(loss=CrossEntropy(**options))))
    assert variants
    for _, variant in variants:
        assert variant.loss[OUTPUT].loss.options().items() >= CrossEntropy(**options).options().items()
