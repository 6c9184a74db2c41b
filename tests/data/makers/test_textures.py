"""Textures: in range, textured, and of the stream alone."""

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.data.makers.textures import TEXTURES, Texture


@pytest.mark.parametrize("texture", TEXTURES, ids=lambda texture: texture.__name__)
@pytest.mark.parametrize("seed", range(4))
def test_spans_nought_to_one(texture: Texture, seed: int) -> None:
    values = texture(Rng(seed).generator(), 110)
    assert values.shape == (110, 110)
    assert values.dtype == np.float64
    assert (values.min(), values.max()) == (0, 1)
    np.testing.assert_array_equal(texture(Rng(seed).generator(), 110), values)
