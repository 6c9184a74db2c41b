"""Fewer pixels."""

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.steps.resolution import Resolution


@pytest.mark.parametrize("library", ["Vips", "Pillow"])
def test_what_is_finer_than_the_share_is_gone_and_the_rest_stays(library: str) -> None:
    lib = DATA_LOADERS.get(library)()
    fine = np.indices((32, 32)).sum(axis=0)[:, :, None] % 2 * 255
    coarse = np.repeat(np.repeat([[0, 255], [255, 0]], 16, axis=0), 16, axis=1)[:, :, None]
    step = Resolution(share=(0.5, 0.5))
    after = [lib.pixels(step.apply(lib.image(p.astype(np.uint8)), lib, Rng(0))).astype(float) for p in (fine, coarse)]
    assert after[0].shape == (32, 32, 1)
    assert after[0][2:-2, 2:-2].std() < 10 and after[1].std() > 110  # of 127.5 before


def test_a_share_of_one_leaves_every_byte_and_one_pixel_is_left_of_a_side() -> None:
    lib = DATA_LOADERS.get("Vips")()
    pixels = np.random.default_rng(0).integers(0, 256, (3, 9, 3), dtype=np.uint8)
    image = lib.image(pixels)
    assert Resolution(share=(1.0, 1.0)).apply(image, lib, Rng(0)) is image
    assert lib.pixels(Resolution(share=(0.01, 0.01)).apply(image, lib, Rng(0))).shape == (3, 9, 3)
