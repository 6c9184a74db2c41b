"""Every typeface has ten digits, each a closed outline of height 1 about the origin."""

import numpy as np
import pytest

from nnlab.core.errors import MissingError
from nnlab.data.makers.raster import coverage
from nnlab.data.makers.typefaces import TYPEFACES, Typeface, digit_outline


@pytest.mark.parametrize("face", TYPEFACES, ids=lambda face: f"{face.file}-{face.zero:x}")
def test_ten_digits(face: Typeface) -> None:
    pictures = []
    for digit in range(10):
        edges = digit_outline(face, digit)
        assert edges.shape[1] == 4
        assert edges.dtype == np.float64
        points = edges.reshape(-1, 2)
        np.testing.assert_allclose([points[:, 1].min(), points[:, 1].max()], [-0.5, 0.5], atol=1e-12)
        np.testing.assert_allclose(points[:, 0].min(), -points[:, 0].max(), atol=1e-12)
        # Closed: as often as a point ends a piece it begins one.
        starts, ends = np.round(edges[:, :2], 9), np.round(edges[:, 2:], 9)
        assert sorted(map(tuple, starts)) == sorted(map(tuple, ends))
        picture = coverage(edges * 20 + 12, 24, 24)
        assert 0.05 < picture.mean() < 0.6
        pictures.append(picture)
    assert len({picture.tobytes() for picture in pictures}) == 10


def test_a_six_turned_round_is_much_like_a_nine() -> None:
    """The digits are in order, upright and not mirrored."""
    face = TYPEFACES[0]
    six, nine, two = (coverage(digit_outline(face, digit) * 20 + 12, 24, 24) for digit in (6, 9, 2))
    assert np.abs(six[::-1, ::-1] - nine).mean() < 0.05 < np.abs(six[::-1, ::-1] - two).mean()
    assert six[12:].sum() > six[:12].sum()  # the six's bowl is below


def test_a_font_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingError, match=r"Nothing\.ttf"):
        digit_outline(Typeface("Nothing.ttf"), 1)
    with pytest.raises(MissingError, match="holds no digit 1"):
        digit_outline(Typeface("STIXSizFiveSymReg.ttf"), 1)
