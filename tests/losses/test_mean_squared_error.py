import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.losses.mean_squared_error import MeanSquaredError


def test_by_hand():
    loss, dp = MeanSquaredError()(
        np.array([[1.0, 2.0], [0.0, 0.0]]), Target(np.array([[0.0, 0.0], [0.0, 1.0]])), Context()
    )
    assert loss == (1 + 4 + 0 + 1) / 4
    np.testing.assert_array_equal(dp, [[0.5, 1], [0, -0.5]])


def test_there_is_no_form_for_logits():
    with pytest.raises(UsageError, match="MeanSquaredError takes probabilities"):
        MeanSquaredError().of("logits")
