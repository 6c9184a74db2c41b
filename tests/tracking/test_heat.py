"""Heat over a picture: strong places in full colour, none where there is nothing; numbers of 16 bits."""

import numpy as np
import pytest

from nnlab.tracking.canvas import BLUE, ORANGE
from nnlab.tracking.heat import RAMP, heated, of_16_bits
from nnlab.tracking.sheet import rgb

GREY = np.full((4, 5, 3), 100, np.uint8)


def test_without_a_sign_the_picture_shows_where_nothing_is() -> None:
    weights = np.zeros((4, 5))
    weights[1, 2] = 3
    drawn = heated(GREY, weights, signed=False)
    assert drawn.dtype == np.uint8
    np.testing.assert_allclose(drawn[1, 2], 100 + 0.8 * (rgb(RAMP[-1]) * 255 - 100), atol=0.5)
    weights[1, 2] = 0
    np.testing.assert_array_equal(heated(GREY, weights, signed=False), GREY)


def test_with_a_sign_orange_speaks_for_and_blue_against() -> None:
    weights = np.zeros((4, 5))
    weights[0, 0], weights[3, 4] = 2, -2
    drawn = heated(GREY, weights, signed=True)
    np.testing.assert_array_equal(drawn[0, 0], np.rint(rgb(ORANGE) * 255))
    np.testing.assert_array_equal(drawn[3, 4], np.rint(rgb(BLUE) * 255))
    assert (drawn[1, 1] == round(255 - 0.45 * 155)).all()


def test_one_pixel_alone_is_no_scale() -> None:
    weights = np.full((40, 50), 1.0)
    weights[0, 0] = 1000
    np.testing.assert_array_equal(heated(np.zeros((40, 50, 3), np.uint8), weights, signed=True)[5, 5],
                                  np.rint(rgb(ORANGE) * 255))  # fmt: skip


@pytest.mark.parametrize("signed", [True, False])
def test_numbers_of_16_bits_come_back(signed: bool) -> None:
    weights = np.array([[0.0, 0.25, 0.5, 1.0]]) * 7
    weights = np.concatenate([weights, -weights]) if signed else weights
    whole, largest = of_16_bits(weights, signed=signed)
    assert whole.dtype == np.uint16 and largest == 7
    back = (whole.astype(float) - 32768) / 32767 if signed else whole / 65535
    np.testing.assert_allclose(back * largest, weights, atol=7 / 65535)
    assert of_16_bits(np.zeros((2, 2)), signed=signed)[1] == 0


@pytest.mark.parametrize("signed", [True, False])
def test_bands_and_every_so_many_places_draw_the_same(signed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers that grow smoothly: of a map of 60 x 40, every second place says how large they are."""
    weights = np.add.outer(np.linspace(-1 if signed else 0, 1, 60), np.linspace(0, 1, 40))
    picture = np.arange(60 * 40 * 3, dtype=np.uint32).reshape(60, 40, 3).astype(np.uint8)
    whole = heated(picture, weights, signed=signed)
    monkeypatch.setattr("nnlab.tracking.heat.BAND", 100)
    np.testing.assert_array_equal(heated(picture, weights, signed=signed), whole)
    monkeypatch.setattr("nnlab.tracking.heat.ENOUGH", 600)
    near = heated(picture, weights, signed=signed).astype(int) - whole
    assert np.abs(near).max() <= 6  # the percentile of fewer places is another by 2%
