"""Samples of 16 bits, of which Pillow itself keeps eight: against the values that were written."""

import numpy as np
import pytest
import pyvips

from nnlab.data.images.pillow import Pillow


@pytest.mark.parametrize("kind", ["png", "interlaced png", "tiff", "lzw tiff"])
@pytest.mark.parametrize("channels", [3, 4])
def test_16_bits_of_several_samples_become_8_by_rounding(channels: int, kind: str) -> None:
    samples = np.random.default_rng(0).integers(0, 65536, (9, 11, channels)).astype(np.uint16)
    image = pyvips.Image.new_from_memory(samples, 11, 9, channels, "ushort").copy(interpretation="rgb16")
    if "png" in kind:
        file = image.pngsave_buffer(interlace="interlaced" in kind)
    else:
        file = image.tiffsave_buffer(compression="lzw" if "lzw" in kind else "none")
    found = Pillow().decode(file).pixels
    np.testing.assert_array_equal(found, (samples.astype(int) * 255 + 32767) // 65535)
