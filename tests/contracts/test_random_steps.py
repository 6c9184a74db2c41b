"""Every registered step with chance: what it leaves alone, what a strength makes of it, that its chance is its own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.component import options_of
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.truth import VOID, Boxes, Label, Mask, Points, Values
from nnlab.core.truths import Labels
from nnlab.data.augment import Augmentation
from nnlab.data.images.magick import ImageMagick
from nnlab.data.images.pillow import Pillow
from nnlab.data.images.vips import Vips
from nnlab.data.steps.base import STEPS, RandomImageStep, RandomPixelStep, RandomPlacingStep, carried

RANDOM = [cls for cls in STEPS if issubclass(cls, RandomImageStep)]
CASES = [(cls, options) for cls in RANDOM for options in cls.examples()]
MADE = [cls(**options) for cls, options in CASES]
WEAKEST = [step.at_strength(0) for step in MADE]
LIBRARY = Pillow()

every_example = pytest.mark.parametrize(
    ("cls", "options"), CASES, ids=[f"{cls.__name__}-{place}" for place, (cls, _) in enumerate(CASES)]
)


def photo(seed: int, height: int = 24, width: int = 31, channels: int = 3) -> np.ndarray:
    """Smooth, with edges, and of both extremes: what a step does shows."""
    chance = np.random.default_rng(seed)
    coarse = chance.integers(0, 256, (-(-height // 6), -(-width // 6), channels))
    pixels = np.repeat(np.repeat(coarse, 6, axis=0), 6, axis=1)[:height, :width] + chance.integers(-9, 10)
    return pixels.clip(0, 255).astype(np.uint8)


def run(step: RandomImageStep, pixels: np.ndarray, seed: int = 0) -> np.ndarray:
    image, _ = carried(step, LIBRARY.image(pixels), Label(3), LIBRARY, Rng(seed))
    return LIBRARY.pixels(image)


@settings(max_examples=20)  # of all steps each
@given(seed=st.integers(0, 99), height=st.integers(1, 40), width=st.integers(1, 40), channels=st.sampled_from([1, 3]))
def test_size_channels_and_type_stay(seed: int, height: int, width: int, channels: int) -> None:
    pixels = photo(seed, height, width, channels)
    before = pixels.copy()
    pixels.flags.writeable = False  # as some libraries' own buffers are
    for step in MADE:
        after = run(step, pixels, seed)
        assert (after.shape, after.dtype) == (pixels.shape, np.uint8), step
        np.testing.assert_array_equal(pixels, before, str(step))


@every_example
def test_an_example_changes_pictures_and_draws_anew_for_each(
    cls: type[RandomImageStep], options: Mapping[str, Any]
) -> None:
    step = cls(**options)
    seen = {run(step, photo(0), seed).tobytes() for seed in range(12)}
    assert seen - {photo(0).tobytes()}
    assert {run(step, photo(0), seed).tobytes() for seed in range(12)} == seen


@settings(max_examples=20)
@given(seed=st.integers(0, 99), channels=st.sampled_from([1, 3]))
def test_with_strength_0_every_byte_stays(seed: int, channels: int) -> None:
    pixels = photo(seed, channels=channels)
    for step in WEAKEST:
        assert step.probability == 0
        np.testing.assert_array_equal(run(step, pixels, seed), pixels, str(step))


@every_example
def test_a_strength_goes_evenly_from_nothing_to_the_step_as_it_is(
    cls: type[RandomImageStep], options: Mapping[str, Any]
) -> None:
    step = cls(**options)
    assert step.at_strength(1) is step
    ranges = {offered.name: offered.neutral for offered in options_of(cls) if offered.neutral is not None}
    half = step.at_strength(0.5)
    for name, value in step.options().items():
        got = getattr(half, name)
        if name in ranges:
            whole = np.array(value).dtype.kind == "i"
            np.testing.assert_allclose(got, (np.array(value) + ranges[name]) / 2, atol=0.5 if whole else 0)
        elif name == "probability":
            assert got == (value if ranges else value / 2)
        else:
            assert got == value
    with pytest.raises(UsageError, match=r"must be from 0 to 1, got 1\.5"):
        step.at_strength(1.5)


@every_example
def test_a_weak_step_changes_little(cls: type[RandomImageStep], options: Mapping[str, Any]) -> None:
    """Of 40 pictures: where the ranges reach nearly nothing, or the step nearly never happens."""
    weak = cls(**options).at_strength(1e-3)
    changes = [np.abs(run(weak, photo(seed), seed).astype(int) - photo(seed)).mean() for seed in range(40)]
    assert np.mean(changes) <= 1.0  # rounding to whole values, and to whole pixels at edges


@every_example
def test_probability_says_how_often_and_nothing_else(cls: type[RandomImageStep], options: Mapping[str, Any]) -> None:
    always = cls(**{**options, "probability": 1.0})
    sometimes = cls(**{**options, "probability": 0.3})
    happened = 0
    for seed in range(30):
        if sometimes.happens(Rng(seed)):
            happened += 1
            np.testing.assert_array_equal(run(sometimes, photo(seed), seed), run(always, photo(seed), seed))
        else:
            np.testing.assert_array_equal(run(sometimes, photo(seed), seed), photo(seed))
    assert 2 <= happened <= 16  # 9 expected; 3 standard errors are 7.5. The seeds are fixed
    assert not cls(**{**options, "probability": 0.0}).happens(Rng(0))
    for wrong in (-0.1, 1.1):
        with pytest.raises(UsageError, match="probability: must be at"):
            cls(**{**options, "probability": wrong})


@every_example
def test_what_is_true_stays_where_pixels_do(cls: type[RandomImageStep], options: Mapping[str, Any]) -> None:
    step = cls(**options)
    truths = [
        Label(2),
        Values((0.5, 2.0)),
        Mask(np.arange(24 * 31).reshape(24, 31) % 7),
        Boxes(np.array([[2.0, 3.0, 9.0, 8.0]]), np.array([1])),
        Points(np.array([[4.5, 6.5]]), np.array([True])),
    ]
    pixels = LIBRARY.image(photo(1))
    for truth in truths:
        image, after = carried(step, pixels, truth, LIBRARY, Rng(5))
        assert type(after) is type(truth)
        np.testing.assert_array_equal(LIBRARY.pixels(image), run(step, photo(1), 5))  # whatever is true of it
        if not truth.moves or isinstance(step, RandomPixelStep):
            assert after is truth
        if isinstance(after, Mask):
            assert set(np.unique(after.pixels)) <= {*range(7), VOID}


@every_example
def test_the_pixels_are_the_same_on_any_number_of_threads(
    cls: type[RandomImageStep], options: Mapping[str, Any]
) -> None:
    pixels, numbers = np.stack([photo(seed) for seed in range(6)]), np.array([4, 0, 9, 2, 7, 5])
    labels, clones = Labels(np.arange(6)), np.array([0, 1, 0, 2, 0, 0])
    results = []
    for workers in (1, 3):
        augmentation = Augmentation(steps=[cls(**options)], library=LIBRARY, rng=Rng(3), workers=workers)
        after, truths = augmentation.batch(pixels, labels, 2, numbers, clones)
        assert truths is labels
        results.append(after)
    np.testing.assert_array_equal(*results)
    order = [3, 1, 5]
    other, _ = augmentation.batch(pixels[order], labels.take(order), 2, numbers[order], clones[order])
    np.testing.assert_array_equal(other, results[0][order])


@pytest.mark.parametrize(
    "cls", [cls for cls in RANDOM if issubclass(cls, RandomPixelStep)], ids=lambda cls: cls.__name__
)
def test_pixel_steps_give_the_same_bytes_with_every_library(cls: type[RandomPixelStep]) -> None:
    for options in cls.examples():
        step, results = cls(**options), set()
        for library in (Pillow(), Vips(), ImageMagick()):
            image, _ = carried(step, library.image(photo(2)), Label(3), library, Rng(4))
            results.add(library.pixels(image).tobytes())
        assert len(results) == 1


def test_every_step_is_of_one_of_the_kinds() -> None:
    """Only a step that chooses among others may write `apply` itself."""
    own = {cls.__name__ for cls in RANDOM if not issubclass(cls, (RandomPixelStep, RandomPlacingStep))}
    assert own <= {"TrivialAugment"}
