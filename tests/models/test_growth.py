"""Growing by three factors: the published grid and its plan, figures of networks that were built in torch."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.models.growth import Factors, Grown, Seed, Size, grown_rows, require_room, solved
from nnlab.models.mb_conv_net import MBConvNet
from nnlab.models.summary import Summary, summarised
from nnlab.testing.batches import one_head

ENS = Factors(1.2, 1.05, 1.23)


def counted(model: MBConvNet, size: Size, classes: int = 2) -> Summary:
    shape = (size[1], size[0], 3)
    return summarised(model.graph(shape, one_head(classes)).build(shape, rng=None, dtype="float32"))


def rows(factors: Factors, phis: list[float]) -> list[Grown]:
    return grown_rows(Seed(MBConvNet(preset="C"), (64, 64), counted), factors, phis)


@pytest.mark.parametrize(
    ("phi", "side", "channels", "repeats", "trainable", "both", "multiply_adds", "ratio"),
    [
        (0, 64, (16, 22, 26, 32), (1, 1, 2, 1), 49_760, 52_692, 3_865_680, 1.0),
        (1, 79, (17, 23, 27, 34), (1, 1, 2, 1), 53_715, 56_783, 6_296_030, 1.629),
        (2, 97, (18, 24, 29, 35), (1, 1, 3, 1), 71_483, 75_467, 11_469_176, 2.967),
        (3, 119, (19, 25, 30, 37), (1, 2, 3, 2), 108_667, 114_425, 22_314_237, 5.772),
        (4, 146, (19, 27, 32, 39), (1, 2, 4, 2), 136_061, 143_015, 39_286_358, 10.163),
        (5, 180, (20, 28, 33, 41), (1, 2, 5, 2), 161_570, 169_648, 74_669_852, 19.316),
    ],
)
def test_the_plan_by_phi(
    phi: int, side: int, channels: tuple[int, ...], repeats: tuple[int, ...], trainable: int, both: int,
    multiply_adds: int, ratio: float,
) -> None:  # fmt: skip
    (row,) = rows(ENS, [phi])
    assert (row.size, row.channels, row.repeats) == ((side, side), channels, repeats)
    assert (row.parameters, row.parameters + row.statistics, row.multiply_adds) == (trainable, both, multiply_adds)
    assert row.ratio == pytest.approx(ratio, abs=5e-4) and row.nominal == 2**phi  # as many digits as are published


@pytest.mark.parametrize(
    ("factors", "product", "side", "ratio"),
    [
        ((1.2, 1.05, 1.23), 2.0016, 79, 1.6287),
        ((1.2, 1.23, 1.05), 2.0016, 67, 1.5300),
        ((1.4, 1.02, 1.17), 1.9939, 75, 1.7926),
        ((1.4, 1.05, 1.14), 2.0059, 73, 1.5868),
        ((1.4, 1.14, 1.05), 2.0059, 67, 1.6686),
        ((1.4, 1.17, 1.02), 1.9939, 65, 1.4007),
    ],
)
def test_the_grid(factors: tuple[float, float, float], product: float, side: int, ratio: float) -> None:
    made = Factors(*factors)
    (row,) = rows(made, [1])
    assert made.product == pytest.approx(product, abs=5e-5)
    assert row.size == (side, side) and row.ratio == pytest.approx(ratio, abs=5e-5)


def test_efficient_nets_own_product() -> None:
    assert Factors(1.2, 1.1, 1.15).product == pytest.approx(1.9203, abs=5e-5)


def test_says_what_rounding_did() -> None:
    remarks = [row.remarks for row in rows(ENS, [0, 1, 2])]
    assert remarks == [(), ("depth as at phi 0", "cost 19% below nominal"), ("cost 26% below nominal",)]
    still = rows(Factors(1, 1.01, 1.001), [0, 1])[1]
    assert still.remarks == ("width as at phi 0", "side as at phi 0", "cost 50% below nominal")
    assert not rows(Factors(1, 1, 1.42), [0, 1])[1].remarks  # 91 pixels cost 2.02 times as much: within a tenth


def test_solves_for_a_factor_by_the_cost_that_comes_out() -> None:
    found = solved("gamma", Seed(MBConvNet(preset="C"), (64, 64), counted), Factors(1.2, 1.05, 1))
    step = round((found.gamma - 1) / 0.005)
    assert found.gamma == pytest.approx(1 + 0.005 * step)
    (row,) = rows(found, [1])
    others = [abs(rows(Factors(1.2, 1.05, 1 + 0.005 * k), [1])[0].ratio - 2) for k in range(60, 90)]
    assert abs(row.ratio - 2) == min(others)


def test_refuses_a_target_that_cannot_be_met() -> None:
    with pytest.raises(UsageError, match=r"--solve=alpha: .*the others alone cost"):
        solved("alpha", Seed(MBConvNet(preset="C"), (64, 64), counted), Factors(1, 2, 1))


def test_names_the_row_that_would_read_less_than_a_pixel() -> None:
    with pytest.raises(UsageError, match="row 3/6/2/32/1 of the stages has stride 2 and would read a map of 1 pixel"):
        require_room(MBConvNet(preset="C"), (8, 8))
    require_room(MBConvNet(preset="C"), (9, 9))  # 9 -> 5 -> 3 -> 2 -> 1
