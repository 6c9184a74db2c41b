"""The points of a grid, and what is none."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.scaling.grid import DEFAULT, grid_of
from nnlab.models.growth import Factors

ENS = "1.2,1.05,1.23:1.2,1.23,1.05:1.4,1.02,1.17:1.4,1.05,1.14:1.4,1.14,1.05:1.4,1.17,1.02"


def test_the_published_grid() -> None:
    points = grid_of(ENS, 2.0, 0.1)
    assert [point.name for point in points][:2] == ["1.2,1.05,1.23", "1.2,1.23,1.05"] and len(points) == 6
    assert points[0].factors == Factors(1.2, 1.05, 1.23)
    assert len(grid_of(DEFAULT, 2.0, 0.1)) == 4


@pytest.mark.parametrize(
    ("grid", "says"),
    [
        ("", ["--grid: '' is no point; write alpha,beta,gamma"]),
        ("1.2,1.1", ["'1.2,1.1' is no point"]),
        ("0.9,1.1,1.2:1,2,x", ["'0.9,1.1,1.2' has a factor that is not from 1 to 10", "'1,2,x' is no point"]),
        ("1.2,1.1,1.15:1.20,1.1,1.15", ["has 1.2,1.1,1.15 twice"]),
        ("1.1,1,1:3,1,1", ["no product alpha beta^2 gamma^2 is within 10% of 2 (1.1,1,1: 1.100, 3,1,1: 3.000)"]),
    ],
)
def test_what_is_none(grid: str, says: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        grid_of(grid, 2.0, 0.1)
    lines = str(error.value).splitlines()
    assert len(lines) == len(says) and all(said in line for said, line in zip(says, lines, strict=True))


def test_one_point_near_the_target_is_enough() -> None:
    assert len(grid_of("2,1,1:3,1,1", 2.0, 0.1)) == 2
