import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data.batching import cloned, nearly_equal


@given(st.integers(0, 2000), st.integers(1, 700))
def test_slices_cover_all_in_the_fewest_nearly_equal_parts(count: int, most: int) -> None:
    slices = list(nearly_equal(count, most))
    assert [place for part in slices for place in range(count)[part]] == list(range(count))
    sizes = [part.stop - part.start for part in slices]
    assert len(sizes) == -(-count // most)
    assert not sizes or (max(sizes) <= most and max(sizes) - min(sizes) <= 1)


@given(st.integers(2, 2000), st.integers(3, 700))
def test_no_sample_is_left_alone(count: int, most: int) -> None:
    assert min(part.stop - part.start for part in nearly_equal(count, most)) > 1


def test_clones_stand_beside_each_other() -> None:
    samples, clones = cloned(3, 2)
    np.testing.assert_array_equal(samples, [0, 0, 1, 1, 2, 2])
    np.testing.assert_array_equal(clones, [0, 1, 0, 1, 0, 1])
