"""The points of a grid, and what is none."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.scaling.grid import alone, grid_of
from nnlab.models.growth import Factors, Seed, Size
from nnlab.models.mb_conv_net import MBConvNet
from nnlab.models.summary import Summary, summarised
from nnlab.testing.batches import one_head

ENS = "1.2,1.05,1.23:1.2,1.23,1.05:1.4,1.02,1.17:1.4,1.05,1.14:1.4,1.14,1.05:1.4,1.17,1.02"


def test_the_published_grid() -> None:
    points = grid_of(ENS, 2.0, 0.1)
    assert [point.name for point in points][:2] == ["1.2,1.05,1.23", "1.2,1.23,1.05"] and len(points) == 6
    assert points[0].factors == Factors(1.2, 1.05, 1.23)


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


def counted(model: MBConvNet, size: Size) -> Summary:
    shape = (size[1], size[0], 3)
    return summarised(model.graph(shape, one_head(10)).build(shape, rng=None, dtype="float32"))


@pytest.mark.parametrize("preset", ["A", "B", "C"])
def test_each_factor_alone_costs_as_much(preset: str) -> None:
    seed = Seed(MBConvNet(preset=preset), (32, 32), counted)  # type: ignore[arg-type]
    points, notes = alone(seed, 2.0)
    assert len(points) == 3 and not notes
    base = seed.cost(Factors(1, 1, 1), 0)
    for point, own in zip(points, ("alpha", "beta", "gamma"), strict=True):
        others = {"alpha", "beta", "gamma"} - {own}
        assert getattr(point.factors, own) > 1 and all(getattr(point.factors, other) == 1 for other in others)
        # B has one layer a row, and depth comes in whole layers: 2.277 times is as near as it gets
        assert abs(seed.cost(point.factors, 1) / base / 2 - 1) < 0.14


def test_a_factor_that_cannot_do_it_is_left_out() -> None:
    seed = Seed(MBConvNet(stages="3/1/2/4/1", block="ens", stem=40, head=4), (32, 32), counted)
    points, notes = alone(seed, 2.0)  # ens leaves the repeats of its first row, and its stem, as they are
    assert [point.name.split(",")[0] for point in points] == ["1"] * len(points) and points
    assert notes[0].startswith("alpha alone is left out: it cannot make it cost 2 times")
