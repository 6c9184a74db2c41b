"""What is dropped is drawn once a pass, and backward drops the same."""

import numpy as np
import pytest

from nnlab.core.types import Array
from nnlab.onnx.ops.dropout import Dropout

X = np.linspace(1, 2, 400, dtype=np.float32).reshape(20, 20)
RATIO, TRAINING = np.array(0.25, np.float32), np.array(True)


def passed(operator: Dropout) -> tuple[Array, Array | None]:
    outputs = operator.forward(X, RATIO, TRAINING)
    return outputs[0], operator.backward((np.ones_like(X),), (X, RATIO, TRAINING), outputs)[0]


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("outputs", [1, 2])
def test_backward_drops_what_forward_dropped(seed: int | None, outputs: int) -> None:
    y, dx = passed(Dropout(seed=seed, outputs=outputs))
    assert dx is not None and dx.dtype == y.dtype == np.float32
    np.testing.assert_array_equal(dx != 0, y != 0)
    np.testing.assert_allclose(y, X * dx, rtol=1e-6)
    assert 0.15 < np.mean(y == 0) < 0.35  # of 400 draws: 4.6 standard deviations to either side


def test_without_a_seed_every_pass_draws_anew() -> None:
    operator = Dropout()
    assert not np.array_equal(passed(operator)[0], passed(operator)[0])
    seeded = Dropout(seed=3)
    np.testing.assert_array_equal(passed(seeded)[0], passed(seeded)[0])


def test_everything_can_be_dropped() -> None:
    (y,) = Dropout().forward(X, np.array(1.0, np.float32), TRAINING)
    np.testing.assert_array_equal(y, np.zeros_like(X))
