"""Patches and the distances to them, against searching every pixel."""

import numpy as np
import pytest

from nnlab.kernels.patches import patches, two_nearest


def flooded(classes: np.ndarray) -> np.ndarray:
    """Numbers by flooding from each pixel in turn."""
    found, height, width = np.zeros(classes.shape, int), *classes.shape
    for start in zip(*np.nonzero(classes), strict=True):
        if found[start]:
            continue
        stack, number = [start], found.max() + 1
        while stack:
            row, column = stack.pop()
            inside = 0 <= row < height and 0 <= column < width
            if inside and not found[row, column] and classes[row, column] == classes[start]:
                found[row, column] = number
                stack += [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
    return found


@pytest.mark.parametrize("seed", range(6))
def test_patches_are_those_that_flooding_finds(seed):
    classes = np.random.default_rng(seed).choice(3, (3, 15, 20), p=(0.3, 0.5, 0.2))
    found = patches(classes)
    for own, each in zip(found, classes, strict=True):
        expected = flooded(each)
        assert len({*zip(own.ravel().tolist(), expected.ravel().tolist(), strict=True)}) == len(np.unique(own))
        assert len(np.unique(own)) == len(np.unique(expected)) and ((own == 0) == (each == 0)).all()
    assert not set(np.unique(found[0])) & set(np.unique(found[1])) - {0}


def test_a_long_patch_is_one():
    """A snake through all rows."""
    classes = np.ones((1, 41, 41), int)
    classes[0, 1::4, :-1], classes[0, 3::4, 1:] = 0, 0
    assert len(np.unique(patches(classes))) == 2
    assert not patches(np.zeros((2, 3, 3), int)).any()


@pytest.mark.parametrize("seed", range(6))
def test_distances_are_those_to_every_pixel_of_the_two_nearest(seed):
    classes = (np.random.default_rng(seed).random((2, 17, 23)) < 0.04).astype(int)
    numbers = patches(classes)
    first, second = two_nearest(numbers, reach=30)
    for each, one, two in zip(numbers, first, second, strict=True):
        rows, columns = np.mgrid[:17, :23]
        to = [
            np.min([np.hypot(rows - r, columns - c) for r, c in zip(*np.nonzero(each == number), strict=True)], axis=0)
            for number in np.unique(each[each > 0])
        ]
        nearest = np.sort(to, axis=0)
        np.testing.assert_allclose(one, nearest[0], rtol=1e-6)
        np.testing.assert_allclose(two, nearest[1], rtol=1e-6)


def test_beyond_reach_and_without_a_second_patch_it_is_infinite():
    numbers = np.zeros((1, 1, 12), int)
    numbers[0, 0, 0] = 5
    first, second = two_nearest(numbers, reach=4)
    np.testing.assert_array_equal(first[0, 0], [0, 1, 2, 3, 4, *[np.inf] * 7])
    assert np.isinf(second).all()
