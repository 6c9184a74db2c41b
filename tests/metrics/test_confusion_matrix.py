import numpy as np

from nnlab.metrics.confusion_matrix import confusion_matrix


def test_rows_are_actual_and_columns_predicted():
    matrix = confusion_matrix(np.array([0, 0, 1, 2, 0]), np.array([0, 1, 1, 0, 1]), 3)
    assert matrix.shape == (3, 3)
    assert np.issubdtype(matrix.dtype, np.integer)
    np.testing.assert_array_equal(matrix, [[1, 2, 0], [0, 1, 0], [1, 0, 0]])


def test_undecided_samples_are_in_no_cell():
    matrix = confusion_matrix(np.array([0, 1, 1]), np.array([-1, 1, -1]), 2)
    np.testing.assert_array_equal(matrix, [[0, 0], [0, 1]])


def test_classes_that_do_not_occur_have_a_row_and_a_column():
    assert confusion_matrix(np.array([1]), np.array([1]), 4).shape == (4, 4)
