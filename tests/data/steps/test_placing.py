"""Steps that move pixels say where: what is true of an image goes where its pixels go."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.truth import VOID, Label, Mask, Points
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import ImageStep, RandomImageStep, carried
from nnlab.data.steps.grayscale import Grayscale
from nnlab.data.steps.resize import Resize
from nnlab.data.steps.rotate import Rotate
from nnlab.data.steps.trim import Trim


def dot(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A red field with a green dot in it, and the dot's centre."""
    chance = np.random.default_rng(seed)
    pixels = np.zeros((96, 128, 3), np.uint8)
    pixels[20:80, 30:110, 0] = 90
    y, x = chance.integers(34, 66), chance.integers(50, 90)
    rows, columns = np.mgrid[:96, :128]
    pixels[:, :, 1] = 255 * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 18)  # soft: no rings around it
    return pixels, np.array([x + 0.5, y + 0.5])


def centre(pixels: np.ndarray) -> np.ndarray:
    weight = np.clip(pixels[:, :, 1].astype(float) - 3, 0, None)  # 3: rounding around it
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]] + 0.5
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()


@pytest.mark.parametrize("seed", range(4))
def test_points_go_through_the_steps_with_the_pixels(seed: int, library: ImageLibrary) -> None:
    pixels, place = dot(seed)
    image, truth = library.image(pixels), Points(place[None], np.array([True]))
    steps: list[tuple[ImageStep | RandomImageStep, tuple[Rng, ...]]] = [
        (Trim(), ()),
        (Resize(size=(90, 70)), ()),
        (Rotate(max_degrees=25), (Rng(seed),)),
    ]
    for step, rng in steps:
        before = image
        image, moved = carried(step, image, truth, library, *rng)
        np.testing.assert_array_equal(library.pixels(image), library.pixels(step.apply(before, library, *rng)))
        assert isinstance(moved, Points)
        truth = moved
    np.testing.assert_allclose(truth.places[0], centre(library.pixels(image)), atol=0.05)  # rounding to 8 bits
    assert truth.seen.tolist() == [True]


def test_a_mask_is_trimmed_by_its_image(library: ImageLibrary) -> None:
    """The box comes from the image; the borders are of no picture, so nothing is true of them."""
    pixels = np.full((40, 80, 3), 200, np.uint8)
    pixels[10:30, 5:15] = 0
    mask = Mask(np.arange(40 * 80, dtype=np.int32).reshape(40, 80) + 1000)
    _, moved = carried(Trim(), library.image(pixels), mask, library)
    assert isinstance(moved, Mask)
    assert moved.pixels.shape == (20, 40)
    np.testing.assert_array_equal(moved.pixels[:, 15:25], mask.pixels[10:30, 5:15])
    assert (np.delete(moved.pixels, np.s_[15:25], axis=1) == VOID).all()


@pytest.mark.parametrize("shape", [(40, 40), (31, 50), (5, 90), (90, 4)])
def test_a_mask_turns_with_its_image(shape: tuple[int, int], library: ImageLibrary) -> None:
    """Of an image of two flat halves the mask is the image itself, but for the pixels along the edge between them."""
    pixels = np.zeros((*shape, 1), np.uint8)
    pixels[:, shape[1] // 2 :] = 200
    pixels[0, 0] = 100  # what corners are filled with
    for draw in range(5):
        image, moved = carried(
            Rotate(max_degrees=180.0), library.image(pixels), Mask((pixels[:, :, 0] > 150) * 1), library, Rng(draw)
        )
        assert isinstance(moved, Mask)
        turned = library.pixels(image)[:, :, 0]
        assert moved.pixels.shape == turned.shape == shape
        pure = np.isin(turned, (0, 200)) & (moved.pixels != VOID)
        np.testing.assert_array_equal(moved.pixels[pure], turned[pure] // 200)
        assert pure.any()
        filled = turned == 100
        assert (moved.pixels[filled] == VOID).mean() >= 0.95 if filled.sum() > 40 else True  # pixel 0,0 is one, blurred


def test_a_label_stays_and_pixel_steps_move_nothing(library: ImageLibrary) -> None:
    image = library.image(dot(0)[0])
    label, points = Label(3), Points(np.array([[1.0, 2.0]]), np.array([True]))
    assert carried(Trim(), image, label, library)[1] is label
    assert carried(Grayscale(), image, points, library)[1] is points


@dataclass(kw_only=True, eq=False)
class Halved(ImageStep):
    """As other packages wrote steps before these said where pixels go."""

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        return lib.resize(image, 4, 4)


def test_a_step_that_moves_pixels_in_silence_is_for_labels_alone(library: ImageLibrary) -> None:
    image = library.image(np.zeros((8, 8, 3), np.uint8))
    assert library.spec(carried(Halved(), image, Label(1), library)[0]).width == 4
    with pytest.raises(UsageError, match="gives 4 x 4 of 8 x 8 and does not say where pixels went"):
        carried(Halved(), image, Mask(np.zeros((8, 8), np.uint8)), library)
