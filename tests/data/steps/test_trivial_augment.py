from collections import Counter

import pytest

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.data.steps.brightness import Brightness
from nnlab.data.steps.rotate import Rotate
from nnlab.data.steps.trivial_augment import SPACES, TrivialAugment
from nnlab.data.steps.written import random_step


@pytest.mark.parametrize("space", list(SPACES))
def test_every_step_of_the_paper_is_chosen_as_often(space: str) -> None:
    step = TrivialAugment(space=space)
    drawn = Counter(type(step.drawn(Rng(0).at("TrivialAugment", epoch))).__name__ for epoch in range(2000))
    assert set(drawn) == {
        "NoneType", "AutoContrast", "Equalize", "Solarize", "Brightness", "Contrast", "Saturation", "Sharpness",
        "Posterize", "Rotate",
    }  # fmt: skip
    mean = 2000 / len(drawn)
    assert all(abs(count - mean) < 5 * mean**0.5 for count in drawn.values())  # a Poisson count's deviation


def test_a_strength_is_that_of_its_steps() -> None:
    half = TrivialAugment().at_strength(0.5)
    assert half.options() == {"probability": 1.0, "space": "wide", "strength": 0.5}
    drawn = [half.drawn(Rng(seed)) for seed in range(300)]
    assert {step.max_degrees for step in drawn if isinstance(step, Rotate)} == {67.5}
    assert {step.factor for step in drawn if isinstance(step, Brightness)} == {(0.505, 1.5)}
    whole = [TrivialAugment().drawn(Rng(seed)) for seed in range(300)]
    # those that have no range happen half as often
    assert sum(step is None for step in drawn) > sum(step is None for step in whole) > 0


def test_it_is_written_as_any_step() -> None:
    step = random_step("TrivialAugment:space=narrow,probability=0.5")
    assert step.options() == {"probability": 0.5, "space": "narrow", "strength": 1.0}
    with pytest.raises(UsageError, match="'small' is not one of its values"):
        random_step("TrivialAugment:space=small")
