"""Borrowed memory."""

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.core.workspace import Workspace


def place(array: Array) -> int:
    return array.ctypes.data


def test_an_array_is_of_the_shape_and_kind_asked_for_and_may_be_written() -> None:
    workspace = Workspace()
    for shape, kind in (((3, 4), np.float32), ((), np.float64), ((2, 0, 3), np.float32), ((7,), np.bool_)):
        lent = workspace.empty(shape, kind)
        lent[...] = 1
        assert (lent.shape, lent.dtype, type(lent)) == (shape, np.dtype(kind), np.ndarray)
        assert lent.flags.c_contiguous and lent.flags.aligned and lent.sum() == lent.size


def test_memory_is_lent_as_long_as_anybody_refers_to_it() -> None:
    workspace = Workspace()
    first = workspace.empty((4, 6), np.float32)
    first[...] = 3
    where, view = place(first), first[1:].T
    del first
    second = workspace.empty((4, 6), np.float32)
    second[...] = 5
    assert (view == 3).all()  # the view alone keeps it
    del view
    assert place(workspace.empty((4, 6), np.float32)) == where
    assert workspace.lent == 128  # 96 bytes in whole cache lines


def test_what_nobody_refers_to_is_lent_again_in_parts_or_joined_with_its_neighbours() -> None:
    workspace = Workspace()
    whole = workspace.empty((64,), np.float32)
    where = place(whole)
    del whole
    halves = [workspace.empty((32,), np.float32) for _ in range(2)]
    assert [place(half) - where for half in halves] == [0, 128]
    del halves
    assert place(workspace.empty((64,), np.float32)) == where


def test_memory_outlives_its_workspace() -> None:
    workspace = Workspace()
    lent = workspace.empty((1000,), np.float64)
    lent[...] = np.arange(1000)
    del workspace
    gc.collect()
    np.testing.assert_array_equal(lent, np.arange(1000))


def test_the_same_steps_again_make_no_more_memory_and_lie_in_one_piece() -> None:
    workspace = Workspace()

    def step() -> list[int]:
        kept = [workspace.empty((n, 1000), np.float32) for n in (300, 900, 500, 100)]  # more than a first block has
        places = [place(array) for array in kept]
        while kept:
            kept.pop()
            places.append(place(workspace.empty((250, 1000), np.float32)))
        return places

    step()
    again, held = step(), workspace.nbytes  # the blocks of the first step are one now
    assert step() == step() == again
    assert workspace.nbytes == held >= workspace.most > workspace.lent == 0


def test_more_than_there_is_memory_for_is_refused_as_numpy_refuses_it() -> None:
    workspace = Workspace()
    with pytest.raises(MemoryError):
        workspace.empty((1 << 60,), np.float32)
    assert workspace.empty((3,), np.float32).shape == (3,)


def test_overwrite_reaches_what_is_not_lent_and_nothing_else() -> None:
    workspace = Workspace()
    lent, other = workspace.empty((5,), np.float32), workspace.empty((5,), np.float32)
    lent.fill(2), other.fill(4)
    where = place(other)
    del other
    workspace.overwrite(0xFF)
    again = workspace.empty((5,), np.float32)
    assert place(again) == where
    assert np.isnan(again).all() and (lent == 2).all()


def test_overwrite_reaches_memory_of_blocks_side_by_side() -> None:
    workspace, size = Workspace(), 1 << 18
    lent = [workspace.empty((size,), np.float32) for _ in range(4)]
    for array in lent:
        array.fill(2)
    del array
    kept = lent.pop()
    lent.clear()
    workspace.overwrite(0xFF)
    again = [workspace.empty((size,), np.float32) for _ in range(3)]
    assert all(np.isnan(array).all() for array in again) and (kept == 2).all()


Steps = list[tuple[bool, int]]
STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 3_000)), max_size=60)


@settings(deadline=None)
@given(STEPS)
def test_no_two_living_arrays_share_memory(steps: Steps) -> None:
    workspace, living = Workspace(), dict[int, Array]()
    for number, (lets_go, size) in enumerate(steps):
        if lets_go and living:
            del living[sorted(living)[size % len(living)]]
        else:
            living[number] = workspace.empty((size,), np.float32)
            assert place(living[number]) % 64 == 0
            living[number].fill(number)
    assert all((array == number).all() for number, array in living.items())
    assert workspace.lent == sum(max(1, -(-array.nbytes // 64)) * 64 for array in living.values())


@settings(deadline=None, max_examples=30)
@given(STEPS)
def test_any_steps_taken_again_find_all_they_need(steps: Steps) -> None:
    workspace = Workspace()

    def take() -> None:
        living = list[Array]()
        for lets_go, size in steps:
            if lets_go and living:
                living.pop(size % len(living))
            else:
                living.append(workspace.empty((size, 700), np.float32))

    take()
    take()
    held = workspace.nbytes
    for _ in range(3):
        take()
    assert workspace.nbytes == held


def test_a_context_without_a_workspace_allocates_afresh() -> None:
    ctx = Context()
    assert not np.shares_memory(ctx.empty((3,), np.float32), ctx.empty((3,), np.float32))
