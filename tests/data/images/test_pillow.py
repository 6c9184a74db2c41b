import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.pillow import Pillow

LIBRARY = Pillow()


def test_the_version_is_said() -> None:
    name, number = LIBRARY.version.split()
    assert name == "Pillow"
    assert int(number.split(".")[0]) >= 11


def test_a_png_comes_back_to_the_pixel_and_to_the_byte(tmp_path) -> None:
    for channels in (1, 3, 4):
        pixels = np.random.default_rng(0).integers(0, 256, (20, 30, channels), dtype=np.uint8)
        for name in ("a.png", "b.png"):
            LIBRARY.write_png(LIBRARY.image(pixels), tmp_path / name)
        with Image.open(tmp_path / "a.png") as judge:
            np.testing.assert_array_equal(np.asarray(judge).reshape(pixels.shape), pixels)
        assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_folder_that_is_not_there_is_named_when_writing(tmp_path) -> None:
    with pytest.raises(DataError, match=r"x\.png: cannot be written"):
        LIBRARY.write_png(LIBRARY.image(np.zeros((2, 2, 3), np.uint8)), tmp_path / "absent" / "x.png")
