"""Colours by brightness."""

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.data.makers.colour import LUMA, tinted


@pytest.mark.parametrize("luma", [0.0, 3.0, 100.0, 127.5, 254.0, 255.0])
def test_has_the_brightness_asked_for_and_lies_in_the_gamut(luma: float) -> None:
    for seed in range(20):
        colour = tinted(luma, Rng(seed).generator(), 1.0)
        assert colour.shape == (3,)
        assert colour @ LUMA == pytest.approx(luma, abs=1e-9)  # rounding of a few operations on numbers up to 255
        assert colour.min() >= -1e-9
        assert colour.max() <= 255 + 1e-9
        # As far as it can go: one channel is at its end.
        assert min(np.abs(colour).min(), np.abs(colour - 255).min()) < 1e-9
        np.testing.assert_allclose(tinted(luma, Rng(seed).generator(), 0.0), luma)
