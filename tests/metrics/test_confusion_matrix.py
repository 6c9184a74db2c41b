import numpy as np

from nnlab.metrics.confusion_matrix import ConfusionMatrix


def test_rows_are_actual_and_columns_predicted():
    matrix = ConfusionMatrix(3)
    target = np.eye(3)[[0, 0, 1, 2]]
    matrix.update(np.eye(3)[[0, 1, 1, 0]], target)
    matrix.update(np.eye(3)[[1]], np.eye(3)[[0]])
    assert matrix.matrix.dtype == np.int64
    np.testing.assert_array_equal(matrix.matrix, [[1, 2, 0], [0, 1, 0], [1, 0, 0]])


def test_rows_with_nan_are_counted_apart():
    matrix = ConfusionMatrix(2)
    matrix.update(np.array([[np.nan, 1.0], [0.2, 0.8]]), np.eye(2))
    np.testing.assert_array_equal(matrix.matrix, [[0, 0], [0, 1]])
    assert matrix.undecided == 1
