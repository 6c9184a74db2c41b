import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.losses.robust import Huber, MeanAbsoluteError


def of(loss, off):
    """The loss and gradient of predictions that are so far off."""
    predicted = np.array(off, dtype=np.float64).reshape(1, -1)
    return loss(predicted, Target(np.zeros_like(predicted)), Context())


@pytest.mark.parametrize(("off", "wanted", "slope"), [(2.0, 1.5, 1.0), (0.5, 0.125, 0.5), (-2.0, 1.5, -1.0)])
def test_huber_by_hand(off, wanted, slope):
    loss, gradient = of(Huber(), [off])
    assert (loss, gradient.tolist()) == (wanted, [[slope]])


def test_huber_with_a_wide_delta_is_half_the_square():
    loss, gradient = of(Huber(delta=100.0), [3.0, -4.0])
    assert loss == (9 / 2 + 16 / 2) / 2
    np.testing.assert_array_equal(gradient, [[1.5, -2.0]])


def test_mean_absolute_error_by_hand():
    loss, gradient = of(MeanAbsoluteError(), [3.0, -1.0, 0.0, 4.0])
    assert loss == 2.0
    np.testing.assert_array_equal(gradient, [[0.25, -0.25, 0.0, 0.25]])


@pytest.mark.parametrize("loss", [Huber(), MeanAbsoluteError()])
def test_they_are_for_values(loss):
    assert loss.of("values") is loss
    with pytest.raises(UsageError, match="takes values and the model emits probabilities"):
        loss.of("probabilities")
