from collections import Counter

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.truth import Points
from nnlab.data.images.pillow import Pillow
from nnlab.data.steps.base import RandomPlacingStep, carried
from nnlab.data.steps.brightness import Brightness
from nnlab.data.steps.rotate import Rotate
from nnlab.data.steps.trivial_augment import SPACES, TrivialAugment
from nnlab.data.steps.written import random_step

LIBRARY = Pillow()


@pytest.mark.parametrize("space", list(SPACES))
def test_every_step_of_the_paper_is_chosen_as_often(space: str) -> None:
    step = TrivialAugment(space=space)
    drawn = Counter(repr(step.drawn(Rng(0).at("TrivialAugment", epoch))) for epoch in range(2000))
    names = {"None": 1, "AutoContrast": 1, "Equalize": 1, "Solarize": 1, "Posterize": 1, "Brightness": 1, "Contrast": 1,
             "Saturation": 1, "Sharpness": 1, "Rotate": 1, "Shear": 2, "Translate": 2}  # fmt: skip
    assert Counter(text.partition("(")[0] for text in drawn) == names  # across and down are two
    mean = 2000 / 14
    assert all(abs(count - mean) < 5 * mean**0.5 for count in drawn.values())  # a Poisson count's deviation


def test_a_strength_is_that_of_its_steps() -> None:
    half = TrivialAugment().at_strength(0.5)
    assert half.options() == {"probability": 1.0, "space": "wide", "strength": 0.5}
    drawn = [half.drawn(Rng(seed)) for seed in range(300)]
    assert {step.max_degrees for step in drawn if isinstance(step, Rotate)} == {67.5}
    assert {step.factor for step in drawn if isinstance(step, Brightness)} == {(0.505, 1.5)}
    whole = [TrivialAugment().drawn(Rng(seed)) for seed in range(300)]
    # of the 14, those that have no range happen half as often
    assert sum(step is None for step in drawn) > sum(step is None for step in whole) > 0


def test_it_is_written_as_any_step() -> None:
    step = random_step("TrivialAugment:space=narrow,probability=0.5")
    assert step.options() == {"probability": 0.5, "space": "narrow", "strength": 1.0}
    with pytest.raises(UsageError, match="'small' is not one of its values"):
        random_step("TrivialAugment:space=small")


def test_what_is_true_moves_along_where_the_chosen_step_moves_pixels() -> None:
    image, points = LIBRARY.image(np.full((20, 30, 3), 90, np.uint8)), Points(np.array([[9.0, 9.0]]), np.array([True]))
    moved = 0
    for seed in range(60):
        step = TrivialAugment().drawn(Rng(seed))
        _, after = carried(TrivialAugment(), image, points, LIBRARY, Rng(seed))
        assert isinstance(after, Points)
        if isinstance(step, RandomPlacingStep):
            expected = points.moved(step.place(image, LIBRARY, Rng(seed)))
            np.testing.assert_array_equal(after.places, expected.places)
            moved += 1
        else:
            assert after is points
    assert 10 <= moved <= 40  # 5 of 14
