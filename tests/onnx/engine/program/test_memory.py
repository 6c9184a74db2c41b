"""Blocks are lent again when nobody holds them, and never before."""

import numpy as np

from nnlab.onnx.engine.program.memory import Memory, owner


def test_a_block_is_lent_again_when_its_last_holder_lets_go() -> None:
    memory = Memory()
    first = memory.array((4, 5), np.float32)
    memory.hold("a", first)
    memory.hold("b", first[1:].T)  # a view of the same
    memory.give_back(first)
    assert not memory.is_alone("a")
    memory.let_go("a")
    assert memory.is_alone("b")
    assert owner(memory.array((4, 5), np.float32)) is not owner(first)
    memory.let_go("b")
    assert owner(memory.array((2, 5), np.float64)) is owner(first)  # as many bytes


def test_the_smallest_block_that_is_large_enough_is_taken() -> None:
    memory = Memory()
    large, small = memory.array((1000,), np.float32), memory.array((100,), np.float32)
    for array in (large, small):
        memory.give_back(array)
    held = memory.held
    assert owner(memory.array((90,), np.float32)) is owner(small)
    assert owner(memory.array((90,), np.float32)) is owner(large)
    assert memory.held == held


def test_arrays_begin_at_a_line_of_the_cache_and_may_be_empty() -> None:
    memory = Memory()
    for shape in ((3,), (0, 7), ()):
        array = memory.array(shape, np.float32)
        assert array.shape == shape
        assert array.ctypes.data % 64 == 0


def test_what_lies_in_a_block_is_known_through_any_view() -> None:
    memory = Memory()
    array = memory.array((6, 6), np.float32)
    assert memory.owns(np.lib.stride_tricks.as_strided(array, (3, 3), (24, 4)))
    assert not memory.owns(array.copy())
    assert not memory.owns([array])


def test_a_block_that_is_not_needed_after_all_is_gone_and_one_that_was_lent_before_is_free() -> None:
    memory = Memory()
    memory.hold("a", first := memory.array((5,), np.float32))
    memory.give_back(first)
    memory.withdraw("a")
    assert memory.held == 0
    assert not memory.owns(first)
    memory.give_back(second := memory.array((5,), np.float32))
    held = memory.held
    memory.hold("b", third := memory.array((5,), np.float32))
    memory.give_back(third)
    memory.withdraw("b")
    assert memory.held == held
    assert owner(memory.array((5,), np.float32)) is owner(second)
