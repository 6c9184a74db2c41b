import io

import numpy as np
import pytest
from PIL import Image

from nnlab.core.truth import Boxes, Label
from nnlab.tracking.pictures.thumbnail import png, thumbnail


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((20, 30, 3), (20, 30, 3)),
        ((128, 100, 1), (128, 100, 1)),
        ((129, 64, 3), (64, 32, 3)),
        ((3, 1000, 4), (1, 125, 3)),
    ],
)
def test_a_picture_fits_by_a_whole_factor(shape, wanted):
    assert thumbnail(np.zeros(shape, np.uint8), Label(0), (), 128).shape == wanted


def test_a_smaller_picture_has_the_mean_of_its_pixels():
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4, 1)
    small = thumbnail(pixels, Label(0), (), 2)
    assert small[:, :, 0].tolist() == [[2, 4], [10, 12]]  # means 2.5, 4.5, ..., rounded to even


def test_what_is_true_of_places_is_drawn_in_and_a_small_picture_made_larger_for_it():
    box = Boxes(np.array([[2.0, 2.0, 14.0, 14.0]]), np.array([0]))
    drawn = thumbnail(np.zeros((16, 16, 1), np.uint8), box, ("a",), 128)
    assert drawn.shape == (128, 128, 3)
    assert drawn[16, 40].any()
    assert not drawn[60, 60].any()


def test_a_png_has_the_same_pixels():
    pixels = np.random.default_rng(0).integers(0, 255, (5, 7, 3)).astype(np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(pixels)))), pixels)
