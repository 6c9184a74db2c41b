import numpy as np
import pytest

from nnlab.optimizers.chunks import CHUNK_BYTES, MIN_CHUNKS, SHARED_CHUNK_BYTES, Chunks

CHUNK, SHARED = CHUNK_BYTES // 8, SHARED_CHUNK_BYTES // 8


def double_into(arrays, scratch):
    source, target = arrays
    np.multiply(source, 2, out=scratch[0])
    target += scratch[0]


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "size", [1, CHUNK - 1, CHUNK, CHUNK + 1, MIN_CHUNKS * SHARED - 1, MIN_CHUNKS * SHARED, 9 * SHARED + 5]
)
def test_every_element_is_done_once(size, threads):
    source, target = np.arange(float(size)), np.ones(size)
    Chunks(threads).run(double_into, (source, target))
    np.testing.assert_array_equal(target, 1 + 2 * np.arange(float(size)))


def test_pieces_never_exceed_the_chunk_and_scratch_fits():
    sizes = []

    def look(arrays, scratch):
        sizes.append(arrays[0].size)
        assert [s.shape for s in scratch] == [arrays[0].shape] * 2
        assert not np.shares_memory(*scratch)

    Chunks(1).run(look, (np.zeros((3, CHUNK)),))
    assert sizes == [CHUNK] * 3


def test_an_error_in_a_thread_is_raised_here():
    def fail_late(arrays, scratch):
        if arrays[0][0] > 0:
            raise ArithmeticError("late")

    with pytest.raises(ArithmeticError, match="late"):
        Chunks(2).run(fail_late, (np.arange(float(8 * SHARED)),))


def test_an_array_that_is_not_contiguous_is_refused_not_copied():
    with pytest.raises(ValueError, match="not contiguous"):
        Chunks(1).run(double_into, (np.zeros((4, 8))[:, ::2], np.zeros((4, 8))[:, ::2]))


def test_columns_are_taken_as_they_lie_and_never_together_with_rows():
    source, target = np.asfortranarray(np.arange(12.0).reshape(3, 4)), np.zeros((3, 4), order="F")
    Chunks(1).run(double_into, (source, target))
    np.testing.assert_array_equal(target, 2 * np.arange(12.0).reshape(3, 4))
    with pytest.raises(ValueError, match="do not meet"):
        Chunks(1).run(double_into, (source, np.zeros((3, 4))))


def test_how_numpy_treats_errors_holds_in_every_thread():
    """NumPy keeps it per context, and a new thread would begin with the default, which warns."""

    def square(arrays, scratch):
        np.multiply(arrays[0], arrays[0], out=scratch[0])

    with np.errstate(over="ignore"):
        Chunks(2).run(square, (np.full(8 * SHARED, 1e300),))
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        Chunks(2).run(square, (np.concatenate([np.zeros(4 * SHARED), np.full(4 * SHARED, 1e300)]),))
