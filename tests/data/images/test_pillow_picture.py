"""Pictures of Pillow's are what their files are."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.pillow import Pillow
from nnlab.data.images.pillow_picture import is_pillow, pillow_pixels

PIXELS = np.arange(5 * 7 * 4, dtype=np.uint8).reshape(5, 7, 4)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_an_opened_file_gives_the_pixels_that_its_path_gives(mode: str, tmp_path: Path) -> None:
    deep = Image.fromarray(PIXELS[:, :, 0].astype(np.uint16) * 257 + 100)
    picture = deep if mode == "I;16" else Image.fromarray(PIXELS).convert(mode)
    picture.save(tmp_path / "a.png")
    library = Pillow()
    expected = library.pixels(library.read(tmp_path / "a.png"))
    with Image.open(tmp_path / "a.png") as opened:
        assert is_pillow(opened) and np.array_equal(pillow_pixels(opened), expected)


def test_it_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    file = io.BytesIO()
    Image.fromarray(PIXELS[:, :, :3]).save(file, "PNG", exif=exif)
    with Image.open(file) as opened:
        assert np.array_equal(pillow_pixels(opened), np.rot90(PIXELS[:, :, :3], -1))


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"a\.png: cannot be read"), Image.open(tmp_path / "a.png") as opened:
        pillow_pixels(opened)
    with pytest.raises(DataError, match="floating-point"):
        pillow_pixels(Image.fromarray(np.zeros((2, 2), np.float32)))
    assert not is_pillow(PIXELS)
