"""What an experiment's own steps show: the whole, a window, a part that is stretched."""

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.data.own_crop import shown_areas, zooms
from nnlab.data.steps.written import random_step


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("RandomResizedCrop", True), ("Scale", True), ("Rotate:max_degrees=30", False), ("HorizontalFlip", False),
        ("Noise:intensity=0.2", False), ("RandomResizedCrop:probability=0", False), ("Translate:share=0.3,0", False),
    ],
)  # fmt: skip
def test_which_steps_zoom(step: str, expected: bool) -> None:
    assert zooms(random_step(step)) is expected


def test_shares() -> None:
    rng = Rng(0)
    turned = [random_step("Rotate:max_degrees=30"), random_step("HorizontalFlip")]
    assert shown_areas(turned, (64, 48), None, 9, rng=rng) == pytest.approx(1)
    assert shown_areas([], (64, 48), (32, 24), 2, rng=rng) == pytest.approx(0.25)
    scaled = shown_areas([random_step("Scale:factor=2,2")], (64, 48), None, 3, rng=rng)
    assert scaled == pytest.approx(0.25)
    both = shown_areas([random_step("Scale:factor=2,2")], (64, 48), (32, 24), 3, rng=rng)
    assert both == pytest.approx(1 / 16)


def test_a_stretched_part() -> None:
    step = random_step("RandomResizedCrop:scale=0.2,0.7,ratio=1,1")
    areas = shown_areas([step], (32, 32), None, 3000, rng=Rng(0))
    assert areas.min() >= 0.2 and areas.max() <= 0.7
    # standard error 0.144 / sqrt(3000) = 0.0026, of the root 0.002: three of each
    assert areas.mean() == pytest.approx(0.45, abs=0.008)
    assert np.sqrt(areas).mean() == pytest.approx(0.66163, abs=0.006)


def test_one_that_seldom_happens() -> None:
    areas = shown_areas([random_step("Scale:factor=2,2,probability=0.5")], (32, 32), None, 400, rng=Rng(0))
    assert set(areas.round(6)) == {0.25, 1.0} and 140 < (areas == 1).sum() < 260  # 200 +- 6 standard deviations of 10
