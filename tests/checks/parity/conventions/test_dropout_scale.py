import numpy as np
import pytest

from nnlab.checks.parity.conventions.dropout_scale import DropoutScale, OtherEnd, ScaledInEvaluation
from nnlab.layers.dropout import Dropout
from nnlab.layers.stochastic_depth import StochasticDepth
from nnlab.testing.layers import everything_that_nnlab_check_finds

X = np.full((4000, 6), 2.0)
DY = np.full_like(X, 3.0)
RATE = 0.2


@pytest.mark.parametrize(
    ("words", "kept", "grown", "evaluated"),
    [
        ("in evaluation", 1 - RATE, 1.0, 1 - RATE),
        ("keep_prob", RATE, 1 / RATE, 1.0),
        ("and the small random numbers", RATE, 1 / RATE, 1.0),
        ("large ones drop", 1 - RATE, 1 / (1 - RATE), 1.0),
    ],
)
def test_share_and_scale(only, choice, through, words, kept, grown, evaluated):
    subject = choice(DropoutScale, only(Dropout(rate=RATE)), words)
    y, dx = through(subject, X, DY)
    np.testing.assert_allclose(np.unique(y), [0.0, 2 * grown], rtol=1e-14)
    assert abs((y != 0).mean() - kept) < 0.02  # 24000 draws: 8 standard deviations
    np.testing.assert_allclose(dx, 1.5 * y, rtol=1e-14)
    y, dx = through(subject, X, DY, training=False)
    np.testing.assert_allclose(y, 2 * evaluated, rtol=1e-14)
    np.testing.assert_allclose(dx, 3 * evaluated, rtol=1e-14)


def test_scaled_in_evaluation_drops_the_same_values(only, choice, through):
    plain, _ = through(only(Dropout(rate=RATE)), X, DY)
    y, _ = through(choice(DropoutScale, only(Dropout(rate=RATE)), "in evaluation"), X, DY)
    np.testing.assert_array_equal(y == 0, plain == 0)


def test_the_other_end_keeps_what_torchs_bernoulli_would(only, choice, through):
    """u < 1 - rate keeps: what is dropped here is dropped there only by chance."""
    plain, _ = through(only(Dropout(rate=0.5)), X, DY)
    y, _ = through(choice(DropoutScale, only(Dropout(rate=0.5)), "large ones drop"), X, DY)
    np.testing.assert_array_equal(y == 0, plain != 0)


@pytest.mark.parametrize("layer", [Dropout(rate=RATE, channels=True), StochasticDepth(rate=RATE)], ids=repr)
@pytest.mark.parametrize("words", ["in evaluation", "keep_prob", "and the small random", "large ones drop"])
def test_what_is_dropped_together_stays_together(only, choice, through, layer, words):
    x = np.full((500, 2, 3, 4), 2.0)
    y, dx = through(choice(DropoutScale, only(layer, shape=x.shape[1:]), words), x, np.full_like(x, 3.0))
    gone = (y == 0).reshape(len(x), 6, 4)
    shared = gone.all(axis=1) if isinstance(layer, Dropout) else gone.all(axis=(1, 2))
    share = 1 - RATE if words in ("keep_prob", "and the small random") else RATE
    assert abs(shared.mean() - share) < 0.1  # 500 draws or more: 5 standard deviations
    assert gone.mean() == shared.mean()
    np.testing.assert_allclose(dx, 1.5 * y, rtol=1e-14)


@pytest.mark.parametrize("cls", [ScaledInEvaluation, OtherEnd], ids=lambda cls: cls.__name__)
def test_gradients_are_right(cls):
    everything_that_nnlab_check_finds(cls)
