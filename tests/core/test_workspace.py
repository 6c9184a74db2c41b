"""Borrowed memory."""

import numpy as np

from nnlab.core.context import Context
from nnlab.core.workspace import Workspace


def test_a_step_that_asks_the_same_again_allocates_nothing() -> None:
    workspace = Workspace()
    first = [workspace.empty((3, 4), np.float32), workspace.empty((5,), np.float64)]
    held = workspace.nbytes
    workspace.reset()
    second = [workspace.empty((3, 4), np.float32), workspace.empty((5,), np.float64)]
    assert held == workspace.nbytes == 3 * 4 * 4 + 5 * 8
    for before, now in zip(first, second, strict=True):
        assert np.shares_memory(before, now)


def test_what_is_lent_in_one_step_does_not_overlap() -> None:
    workspace = Workspace()
    lent = [workspace.empty((7,), np.float32) for _ in range(4)]
    for number, array in enumerate(lent):
        array.fill(number)
    assert [array[0] for array in lent] == [0, 1, 2, 3]


def test_a_larger_request_gets_a_larger_buffer_and_a_smaller_one_a_part() -> None:
    workspace = Workspace()
    workspace.empty((4,), np.float32)
    workspace.reset()
    assert workspace.empty((9,), np.float32).shape == (9,)
    workspace.reset()
    small = workspace.empty((2, 1), np.float64)
    assert small.shape == (2, 1)
    assert small.dtype == np.float64
    assert small.flags.c_contiguous


def test_a_context_without_a_workspace_allocates_afresh() -> None:
    ctx = Context()
    assert not np.shares_memory(ctx.empty((3,), np.float32), ctx.empty((3,), np.float32))
