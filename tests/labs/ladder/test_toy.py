"""A convolution as loops, by hand, and beside the kernel that layers use."""

import numpy as np

from nnlab.labs.ladder.toy import plain_loops, toy


def test_loops_are_the_formula() -> None:
    x = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    w = np.array([[[[1, 0], [0, -1]]]], np.float32)
    assert plain_loops(x, w).tolist() == [[[-4, -4], [-4, -4]]]  # 0 - 4, 1 - 5, 3 - 7, 4 - 8
    two = plain_loops(np.concatenate([x, x]), np.concatenate([w, 2 * w], axis=1))
    assert two.tolist() == [[[-12, -12], [-12, -12]]]


def test_both_give_the_same_and_are_timed() -> None:
    found = toy()
    assert found.apart <= 1e-5 and found.loops_ms is not None and found.columns_ms is not None
    assert found.loops_ms > 0 and found.columns_ms > 0
