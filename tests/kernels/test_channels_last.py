"""Channels side by side: sums worked by hand, of rows that are one run and of positions on their own."""

import numpy as np

from nnlab.kernels.channels_last import channels_last
from nnlab.kernels.window import Window


def test_a_row_of_two_channels() -> None:
    x, w = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[1.0, 10], [2, 0]])
    y = np.empty((2, 3))
    window = Window((2,), (1,), (1,), ((1, 0),), 2)
    channels_last(window, (3,), (3,))(x, w, window, y)
    np.testing.assert_array_equal(y, [[10, 21, 32], [0, 8, 10]])


def test_strides_and_dilations_of_a_plane() -> None:
    x = np.arange(2 * 4 * 5, dtype=np.float32).reshape(2, 4, 5)
    w = np.array([[1, 10, 100, 1000], [0, 0, 0, 2]], np.float32)
    y = np.empty((2, 2, 2), np.float32)
    window = Window((2, 2), (2, 3), (2, 1), ((0, 1), (0, 0)), 2)
    channels_last(window, (4, 5), (2, 2))(x, w, window, y)
    # the kernel meets rows i and i + 2, columns j and j + 1, from rows 0 and 2 and columns 0 and 3 on
    rows = [[0 + 10 + 1000 + 11000, 3 + 40 + 1300 + 14000], [10 + 110, 13 + 140]]  # below the last row: zeros
    np.testing.assert_array_equal(y, [rows, [[2 * 31, 2 * 34], [0, 0]]])
