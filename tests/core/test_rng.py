"""Streams by name."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.rng import Rng

PATHS = st.lists(st.one_of(st.text(max_size=5), st.integers(0, 1000)), max_size=4)


@given(st.integers(0, 2**64), PATHS)
def test_an_address_is_the_same_stream_however_it_is_reached(seed: int, path: list[str | int]) -> None:
    at_once, step_by_step = Rng(seed).at(*path), Rng(seed)
    for name in path:
        step_by_step = step_by_step.at(name)
    np.testing.assert_array_equal(at_once.generator().random(4), step_by_step.generator().random(4))


@given(PATHS, PATHS)
def test_different_addresses_are_different_streams(one: list[str | int], other: list[str | int]) -> None:
    same = np.array_equal(Rng(0).at(*one).generator().random(2), Rng(0).at(*other).generator().random(2))
    assert same == (one == other)


def test_a_name_and_a_number_that_look_alike_are_two_addresses() -> None:
    assert Rng(0).at("1").generator().random() != Rng(0).at(1).generator().random()


def test_seeds_differ() -> None:
    assert Rng(0).at("a").generator().random() != Rng(1).at("a").generator().random()


def test_numpy_integers_address_like_python_ones() -> None:
    assert Rng(0).at("a", np.int64(3)).generator().random() == Rng(0).at("a", 3).generator().random()


def test_the_streams_never_change() -> None:
    """A change here would change every augmentation, every first weight and every set that nnlab draws."""
    drawn = Rng(7).at("rotate", 3, 12).generator().integers(0, 2**32, 3)
    assert drawn.tolist() == [3125529917, 131620030, 3788248515]
