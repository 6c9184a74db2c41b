"""Pictures as truths: they move as what the network sees does, and know what they were made of."""

import numpy as np
import pytest

from nnlab.core.pictures import Itself, Original, Picture, Pictures, of_prepared, values_of
from nnlab.core.rng import Rng
from nnlab.core.truth import Label
from nnlab.core.truths import taken
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.steps.base import STEPS, carried

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 8, 6, 3), dtype=np.uint8)


@pytest.mark.parametrize("step", ["HorizontalFlip", "Rotate", "Translate", "QuarterTurn", "RandomCrop"])
@pytest.mark.parametrize("library", ["Vips", "Pillow"])
def test_an_original_goes_where_the_input_goes_to_the_last_bit(step: str, library: str) -> None:
    lib = DATA_LOADERS.get(library)()
    pixels = PIXELS[0][:6]  # a square, which a quarter turn takes
    made = STEPS.get(step)
    image, truth = carried(made(), lib.image(pixels), Original(pixels, lib=lib), lib, Rng(1))  # type: ignore[arg-type]
    assert isinstance(truth, Original)
    np.testing.assert_array_equal(truth.values, lib.pixels(image))


@pytest.mark.parametrize("step", ["Noise", "Blur", "Jpeg", "Brightness", "Cutout"])
def test_what_changes_pixels_leaves_an_original_as_it_is(step: str) -> None:
    lib = DATA_LOADERS.get("Vips")()
    image, truth = carried(STEPS.get(step)(), lib.image(PIXELS[0]), Original(PIXELS[0], lib=lib), lib, Rng(3))  # type: ignore[arg-type]
    assert isinstance(truth, Original) and np.shares_memory(truth.values, PIXELS)
    assert not np.array_equal(lib.pixels(image), PIXELS[0])


def test_many_are_one_array_of_which_some_are_taken_without_a_copy() -> None:
    lib = DATA_LOADERS.get("Vips")()
    truths = of_prepared((Itself(2),) * 2, PIXELS, np.array([2, 0]), lib)
    assert isinstance(truths, Pictures) and len(truths) == 2
    first, second = truths
    assert isinstance(first, Original) and np.shares_memory(first.values, PIXELS)
    np.testing.assert_array_equal(second.values, PIXELS[0])
    some = taken(taken(truths, slice(1, 2)), [0, 0])
    np.testing.assert_array_equal(values_of(some), np.stack([PIXELS[0].reshape(-1) * np.float32(1 / 255)] * 2))
    assert values_of(tuple(truths)).dtype == np.float32
    labels = (Label(1),)
    assert of_prepared(labels, PIXELS, np.array([0]), lib) is labels


def test_an_answer_takes_the_shape_of_what_it_was_made_of() -> None:
    answer = Picture(np.linspace(-1, 2, 6)).of_pixels(np.zeros((2, 3, 1), np.uint8), None)
    assert answer.values.shape == (2, 3, 1) and answer.pixels.reshape(-1).tolist() == [0, 0, 51, 204, 255, 255]
    assert Picture(np.array([np.nan, np.inf])).pixels.tolist() == [0, 255]
    assert Itself(4).stratum == 4 and not Itself().moves and not answer.moves
