"""MBConvNet: counts of networks that were built in torch, layer by layer, and of EfficientNet (those of B0 to B4 are
torchvision's `num_params`)."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.models.mb_conv_net import MBConvNet
from nnlab.models.summary import Summary, summarised
from nnlab.testing.batches import one_head

EFFICIENT = "3/1/1/16/1 3/6/2/24/2 5/6/2/40/2 3/6/2/80/3 5/6/1/112/3 5/6/2/192/4 3/6/1/320/1"

A_BY_PART = [  # part, output, trainable, statistics, multiply-adds
    ("stem_conv", (32, 32, 10), 1_480, 0, 1_505_280),
    ("stem_pool", (16, 16, 10), 0, 0, 0),
    ("stage_1_1", (8, 8, 12), 612, 72, 31_488),
    ("stage_2_1", (8, 8, 12), 3_996, 312, 225_792),
    ("stage_2_2", (8, 8, 12), 3_996, 312, 225_792),
    ("stage_2_3", (8, 8, 12), 3_996, 312, 225_792),
    ("stage_3_1", (8, 8, 18), 5_148, 468, 283_392),
    ("stage_3_2", (8, 8, 18), 5_562, 468, 311_040),
    ("stage_3_3", (8, 8, 18), 5_562, 468, 311_040),
    ("stage_4_1", (4, 4, 24), 8_736, 624, 124_416),
    ("stage_4_2", (4, 4, 24), 9_144, 624, 131_328),
    ("head_conv", (4, 4, 40), 1_000, 0, 15_360),
    ("head_batch_norm", (4, 4, 40), 80, 80, 0),
    ("output", (2,), 82, 0, 80),
]
B_BY_PART = [
    ("stem_conv", (32, 32, 8), 1_184, 0, 1_204_224),
    ("stem_pool", (16, 16, 8), 0, 0, 0),
    ("stage_1_1", (8, 8, 12), 564, 72, 28_416),
    ("stage_2_1", (8, 8, 16), 8_224, 416, 485_376),
    ("stage_3_1", (8, 8, 20), 8_440, 520, 488_960),
    ("stage_4_1", (8, 8, 28), 13_944, 728, 820_736),
    ("stage_5_1", (4, 4, 32), 15_424, 832, 226_304),
    ("head_conv", (4, 4, 40), 1_320, 0, 20_480),
    ("head_batch_norm", (4, 4, 40), 80, 80, 0),
    ("output", (2,), 82, 0, 80),
]
C_BY_PART = [
    ("stem_conv", (32, 32, 12), 1_776, 0, 1_806_336),
    ("stem_pool", (16, 16, 12), 0, 0, 0),
    ("stage_1_1", (8, 8, 16), 944, 96, 50_176),
    ("stage_2_1", (8, 8, 22), 9_548, 572, 554_752),
    ("stage_3_1", (8, 8, 26), 10_504, 676, 605_696),
    ("stage_3_2", (8, 8, 26), 10_530, 676, 609_024),
    ("stage_4_1", (4, 4, 32), 14_976, 832, 219_136),
    ("head_conv", (4, 4, 40), 1_320, 0, 20_480),
    ("head_batch_norm", (4, 4, 40), 80, 80, 0),
    ("output", (2,), 82, 0, 80),
]


def figures(model: MBConvNet, side: int = 64, classes: int = 2) -> Summary:
    shape = (side, side, 3)
    return summarised(model.graph(shape, one_head(classes)).build(shape, rng=None, dtype="float32"))


def counts(model: MBConvNet, side: int = 64, classes: int = 2) -> tuple[int, int, int]:
    found = figures(model, side, classes)
    return found.parameters, found.statistics, found.multiply_adds


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("A", (49_394, 3_740, 3_390_800)),
        ("B", (49_262, 2_648, 3_274_576)),
        ("C", (49_760, 2_932, 3_865_680)),
    ],
)
def test_presets(preset: str, expected: tuple[int, int, int]) -> None:
    assert counts(MBConvNet(preset=preset)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(("preset", "parts"), [("A", A_BY_PART), ("B", B_BY_PART), ("C", C_BY_PART)])
def test_presets_part_by_part(preset: str, parts: list[tuple[str, tuple[int, ...], int, int, int]]) -> None:
    rows = figures(MBConvNet(preset=preset)).rows  # type: ignore[arg-type]
    for part, shape, parameters, statistics, multiply_adds in parts:
        some = [row for row in rows if row.node.name == part or row.node.name.startswith(f"{part}_")]
        assert some[-1].shape == shape
        assert sum(row.parameters for row in some) == parameters, part
        assert sum(row.statistics for row in some) == statistics, part
        assert sum(row.multiply_adds for row in some) == multiply_adds, part


def test_the_preset_written_by_hand_is_the_same() -> None:
    model = MBConvNet(block="ens", stem=12, stages="3/1/2/16/1 5/6/1/22/1 3/6/1/26/2 3/6/2/32/1", head=40)
    assert counts(model) == (49_760, 2_932, 3_865_680)
    assert counts(MBConvNet(), classes=10)[:2] == (50_088, 2_932)


@pytest.mark.parametrize(
    ("preset", "plain", "gated"),
    [
        ("A", (42_994, 3_444, 3_326_096), (49_880, 3_444, 3_332_184)),
        ("B", (36_610, 2_152, 2_937_040), (41_879, 2_152, 2_941_824)),
        ("C", (39_498, 2_532, 3_685_648), (45_978, 2_532, 3_691_552)),
    ],
)
def test_the_same_rows_in_mobile_blocks(preset: str, plain: tuple[int, int, int], gated: tuple[int, int, int]) -> None:
    assert counts(MBConvNet(preset=preset, block="mobile")) == plain  # type: ignore[arg-type]
    assert counts(MBConvNet(preset=preset, block="mobile", squeeze=0.25)) == gated  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phi", "side", "expected"),
    [
        (0, 64, (49_760, 52_692, 3_865_680)),
        (1, 79, (53_715, 56_783, 6_296_030)),
        (2, 97, (71_483, 75_467, 11_469_176)),
        (3, 119, (108_667, 114_425, 22_314_237)),
        (4, 146, (136_061, 143_015, 39_286_358)),
        (5, 180, (161_570, 169_648, 74_669_852)),
    ],
)
def test_grown_by_all_three_factors(phi: int, side: int, expected: tuple[int, int, int]) -> None:
    parameters, statistics, multiply_adds = counts(MBConvNet(depth=1.2**phi, width=1.05**phi), side)
    assert (parameters, parameters + statistics, multiply_adds) == expected


@pytest.mark.parametrize(
    ("depth", "width", "side", "channels", "repeats", "parameters", "multiply_adds"),
    [
        (1.2, 1.05, 79, (17, 23, 27, 34), (1, 1, 2, 1), 53_715, 6_296_030),
        (1.2, 1.23, 67, (20, 27, 32, 39), (1, 1, 2, 1), 70_074, 5_914_664),
        (1.4, 1.02, 75, (16, 22, 27, 33), (1, 1, 3, 1), 63_251, 6_929_521),
        (1.4, 1.05, 73, (17, 23, 27, 34), (1, 1, 3, 1), 64_974, 6_133_908),
        (1.4, 1.14, 67, (18, 25, 30, 36), (1, 1, 3, 1), 75_536, 6_450_182),
        (1.4, 1.17, 65, (19, 26, 30, 37), (1, 1, 3, 1), 77_412, 5_414_676),
    ],
)
def test_grown_once(
    depth: float, width: float, side: int, channels: tuple[int, ...], repeats: tuple[int, ...], parameters: int,
    multiply_adds: int,
) -> None:  # fmt: skip
    model = MBConvNet(depth=depth, width=width)
    assert (tuple(row.channels for row in model.rows()), tuple(row.repeats for row in model.rows())) == (
        channels,
        repeats,
    )
    found = figures(model, side)
    assert (found.parameters, found.multiply_adds) == (parameters, multiply_adds)


@pytest.mark.parametrize(
    ("preset", "parameters"),
    [
        ("B0", 5_288_548),
        ("B1", 7_794_184),
        ("B2", 9_109_994),
        ("B3", 12_233_232),
        ("B4", 19_341_616),
        ("B5", 30_389_784),
        ("B6", 43_040_704),
        ("B7", 66_347_960),
    ],
)
def test_efficient_nets(preset: str, parameters: int) -> None:
    assert counts(MBConvNet(preset=preset), 32, 1000)[0] == parameters  # type: ignore[arg-type]


def test_b0_by_hand_and_its_products() -> None:
    model = MBConvNet(stages=EFFICIENT, stem=32, head=1280, squeeze=0.25)
    assert counts(model, 224, 1000) == counts(MBConvNet(preset="B0"), 224, 1000)
    assert counts(model, 224, 1000)[2] == 385_814_752


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ("3/1/2/16", "'3/1/2/16' is no row"),
        ("3/1/2/16/1 3/0/1/16/1", "'3/0/1/16/1' is no row"),
        ("4/1/2/16/1", "row '4/1/2/16/1' has an even kernel"),
        ("3/1/2/16/99999", "is no row"),
        (" ", "has no row"),
    ],
)
def test_what_is_no_row_is_named(stages: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        MBConvNet(stages=stages)
    assert caught.value.where == "MBConvNet.stages"


def test_the_last_blocks_are_dropped_more_often() -> None:
    rows = figures(MBConvNet(preset="A", stochastic_depth=0.5)).rows
    rates = [row.node.layer.options()["rate"] for row in rows if row.node.name.endswith("_drop")]
    assert rates == sorted(rates) and rates[-1] == pytest.approx(0.5 * 8 / 9)
