import numpy as np
import pytest

from nnlab.testing.arrays import same, untouched


def test_nan_is_the_same_as_nan():
    same("it", np.array([np.nan, 1]), np.array([np.nan, 1]))


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (np.zeros((2, 1)), r"it has shape \(2, 1\), not \(2,\)"),
        (np.zeros(2, np.float32), "it is float32, not float64"),
        (np.array([0.0, 1e-300]), "it differs in 1 of 2 values"),
    ],
)
def test_shape_dtype_and_every_bit_count(got, message):
    with pytest.raises(AssertionError, match=message):
        same("it", got, np.zeros(2))


def test_the_array_that_was_written_to_is_numbered():
    with pytest.raises(AssertionError, match="input 2 was written to"):
        untouched("input", [np.zeros(2), np.ones(2)], [np.zeros(2), np.zeros(2)])
