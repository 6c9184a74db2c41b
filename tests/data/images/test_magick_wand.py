import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.magick_wand import Wand, library


def test_a_function_that_fails_says_why() -> None:
    wand = Wand()
    with pytest.raises(DataError, match="ImageMagick failed"):
        wand.do("MagickResetImagePage", b"")  # there is no image in it


def test_a_derived_wand_is_one_of_its_own() -> None:
    wand, pixels = Wand(), np.zeros((2, 3, 3), np.uint8)
    wand.do("MagickConstituteImage", 3, 2, b"RGB", library().char, pixels.ctypes.data)
    copy = wand.derived("CloneMagickWand")
    copy.do("MagickRotateImage", library().call.NewPixelWand(), 90.0)
    assert library().call.MagickGetImageHeight(wand.handle) == 2
    assert library().call.MagickGetImageHeight(copy.handle) == 3
    assert copy.complaint().severity == 0
