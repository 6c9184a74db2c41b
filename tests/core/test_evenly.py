"""Some of many, spread evenly."""

import pytest

from nnlab.core.evenly import evenly


@pytest.mark.parametrize(
    ("count", "most", "places"),
    [
        (0, 3, []),
        (1, 3, [0]),
        (3, 3, [0, 1, 2]),
        (10, 1, [0]),
        (10, 2, [0, 9]),
        (10, 4, [0, 3, 6, 9]),
        (6, 5, [0, 1, 2, 4, 5]),
    ],
)
def test_the_first_and_the_last_are_among_them(count: int, most: int, places: list[int]) -> None:
    assert evenly(range(count), most) == places
