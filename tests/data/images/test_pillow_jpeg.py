"""Missing pixels of a JPEG, which libjpeg only warns of."""

import io

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.pillow import Pillow


def noise(mode: str, **options: bool) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)  # larger than SMALL
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, "JPEG", **options)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_lost_rows_are_refused_and_whole_ones_are_not(mode: str) -> None:
    whole = noise(mode)
    assert Pillow().decode(whole).shape == (400, 400, 3)
    with pytest.raises(DataError, match="premature end of data segment"):
        Pillow().decode(whole[: len(whole) * 9 // 10] + b"\xff\xd9")


def test_of_a_progressive_picture_the_end_of_the_last_scan_is_looked_for() -> None:
    whole = noise("RGB", progressive=True)
    assert Pillow().decode(whole).shape == (400, 400, 3)
    with pytest.raises(DataError, match="premature end of data segment"):
        Pillow().decode(whole[:-2000] + b"\xff\xd9")


def test_a_sound_picture_that_ends_grey_is_read() -> None:
    file = io.BytesIO()
    Image.new("RGB", (400, 400), (128, 128, 128)).save(file, "JPEG")
    assert (Pillow().decode(file.getvalue()).pixels == 128).all()
