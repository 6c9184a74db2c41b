"""Residual networks against torchvision's counts (built there, and its documentation's `num_params`)."""

import pytest

from nnlab.core.component import make
from nnlab.core.errors import UsageError
from nnlab.models.base import MODELS
from nnlab.models.resnet import ResNet18
from nnlab.models.summary import Summary, summarised
from nnlab.testing.batches import one_head


def figures(name: str, side: int, classes: int, **options: object) -> Summary:
    shape, model = (side, side, 3), make(MODELS.get(name), options)
    return summarised(model.graph(shape, one_head(classes)).build(shape, rng=None, dtype="float32"))


@pytest.mark.parametrize(
    ("name", "parameters", "statistics", "multiply_adds", "of_1000", "estimate"),
    [
        ("ResNet18", 11_178_564, 9_600, 1_813_563_392, 11_689_512, 4707.50),
        ("ResNet34", 21_286_724, 17_024, 3_663_251_456, 21_797_672, 7064.63),
        ("ResNet50", 23_516_228, 53_120, 4_087_144_448, 25_557_032, 20709.95),
        ("ResNet101", 42_508_356, 105_344, 7_799_365_632, 44_549_160, 30186.24),
        ("ResNet152", 58_152_004, 151_424, 11_511_586_816, 60_192_808, 41860.98),
    ],
)
def test_with_the_usual_stem(
    name: str, parameters: int, statistics: int, multiply_adds: int, of_1000: int, estimate: float
) -> None:
    found = figures(name, 224, 4)
    assert (found.parameters, found.statistics, found.multiply_adds) == (parameters, statistics, multiply_adds)
    assert figures(name, 32, 1000).parameters == of_1000
    assert figures(name, 240, 4).torchinfo_bytes(100) / 1e6 == pytest.approx(estimate, abs=0.005)


@pytest.mark.parametrize(
    ("name", "parameters", "multiply_adds"),
    [
        ("ResNet18", 11_173_962, 555_422_720),
        ("ResNet34", 21_282_122, 1_159_402_496),
        ("ResNet50", 23_520_842, 1_297_829_888),
        ("ResNet101", 42_512_970, 2_509_983_744),
    ],
)
def test_with_the_small_stem(name: str, parameters: int, multiply_adds: int) -> None:
    found = figures(name, 32, 10, stem="small")
    assert (found.parameters, found.multiply_adds) == (parameters, multiply_adds)


@pytest.mark.parametrize(
    ("name", "parameters", "multiply_adds"),
    [
        ("ResNet18", 11_181_642, 37_016_576),
        ("ResNet34", 21_289_802, 74_765_312),
        ("ResNet50", 23_528_522, None),
        ("ResNet101", 42_520_650, None),
    ],
)
def test_the_usual_stem_on_pictures_of_32_pixels(name: str, parameters: int, multiply_adds: int | None) -> None:
    """What a study of models trains: counted in torch, as are the multiply-adds of two of them."""
    found = figures(name, 32, 10)
    assert found.parameters == parameters
    assert multiply_adds is None or found.multiply_adds == multiply_adds


@pytest.mark.parametrize(
    ("name", "multiply_adds"),
    [
        ("ResNet18", 1_814_073_344),
        ("ResNet34", 3_663_761_408),
        ("ResNet50", 4_089_184_256),
        ("ResNet101", 7_801_405_440),
        ("ResNet152", 11_513_626_624),
    ],
)
def test_with_a_thousand_classes_as_torchvision_s_own_metadata(name: str, multiply_adds: int) -> None:
    assert figures(name, 224, 1000).multiply_adds == multiply_adds


@pytest.mark.parametrize(
    ("side", "multiply_adds", "estimate"),
    [
        (240, 2_146_908_160, 4707.50),
        (120, 552_981_504, 1226.29),
        (60, 142_310_144, 348.05),
        (30, 36_721_856, 123.72),
        (15, 15_546_368, 68.33),
        (8, 11_752_448, 55.24),
        (6, 11_686_592, 54.49),
        (4, 11_197_184, 52.72),
        (2, 11_168_960, 52.40),
        (1, 11_168_960, 52.40),
    ],
)
def test_of_any_size(side: int, multiply_adds: int, estimate: float) -> None:
    """Down to a single pixel, where a colour is all that is left."""
    found = figures("ResNet18", side, 4)
    assert found.multiply_adds == multiply_adds
    assert found.torchinfo_bytes(100) / 1e6 == pytest.approx(estimate, abs=0.005)


def test_its_receptive_field() -> None:
    """7, with the pool 11 (a step of 4); four windows of 3 more: 43; then each stage: one with the old step, three with
    the new one: 43 + 8 + 48 = 99, 99 + 16 + 96 = 211, 211 + 32 + 192 = 435."""
    assert figures("ResNet18", 224, 10).rows[-3].field == (435, 435)


def test_fewer_blocks_and_narrower() -> None:
    found = figures("ResNet18", 16, 2, blocks=(1, 1), width=0.25, stem="small")
    names = {row.node.name: row.shape for row in found.rows}
    assert names["stage_2_1_sum"] == (8, 8, 32) and "stage_3_1_sum" not in names
    with pytest.raises(UsageError, match=r"ResNet18\.blocks: has 5 stages; give 1 to 4"):
        ResNet18(blocks=(1, 1, 1, 1, 1))
