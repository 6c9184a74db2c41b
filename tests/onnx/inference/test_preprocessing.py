"""What a picture becomes for a network, number by number."""

import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.errors import UsageError
from nnlab.core.types import Pixels
from nnlab.data.images.base import DATA_LOADERS, ImageLibrary
from nnlab.onnx.inference.preprocessing import Preprocessing


@pytest.fixture(params=["Vips", "ImageMagick"])
def library(request: pytest.FixtureRequest) -> ImageLibrary:
    if request.param == "ImageMagick":
        pytest.importorskip("wand.api", reason="ImageMagick is not installed")
    made: ImageLibrary = DATA_LOADERS.get(request.param)()
    return made


def picture() -> Pixels:
    pixels = np.zeros((2, 4, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = 200, 100, 50
    pixels[0, 0] = 0
    return pixels


def applied(library: ImageLibrary, pixels: Pixels, **options: object) -> np.ndarray:
    preprocessing = Preprocessing(resize=(pixels.shape[1], pixels.shape[0]), **options)
    x = preprocessing.input(preprocessing.pixels(library.image(pixels), library))
    assert x.dtype == np.float32 and x.shape == preprocessing.shape and x.flags.c_contiguous
    return x


def test_range_mean_and_std_are_applied_in_this_order(library: ImageLibrary) -> None:
    x = applied(library, picture(), range=(-1.0, 1.0), mean=(0.1, 0.2, 0.3), std=(0.5, 1.0, 2.0))
    wanted = ((np.array([200, 100, 50]) / 255 * 2 - 1) - [0.1, 0.2, 0.3]) / [0.5, 1.0, 2.0]
    np.testing.assert_allclose(x[0, :, 1, 2], wanted, rtol=1e-6)  # 1e-6: float32's rounding, some operations
    np.testing.assert_allclose(x[0, :, 0, 0], ([-1, -1, -1] - np.array([0.1, 0.2, 0.3])) / [0.5, 1, 2], rtol=1e-6)


def test_one_mean_and_std_are_for_all_channels(library: ImageLibrary) -> None:
    x = applied(library, picture(), range=(0.0, 255.0), mean=(100.0,), std=(50.0,))
    np.testing.assert_allclose(x[0, :, 1, 1], [2.0, 0.0, -1.0], atol=1e-6)


def test_bgr_turns_the_colours_round_before_the_mean(library: ImageLibrary) -> None:
    x = applied(library, picture(), channels="bgr", range=(0.0, 255.0), mean=(50.0, 0.0, 0.0))
    np.testing.assert_allclose(x[0, :, 1, 1], [0.0, 100.0, 200.0], atol=1e-4)


def test_grey_is_one_channel_of_luma(library: ImageLibrary) -> None:
    x = applied(library, picture(), channels="grey", range=(0.0, 255.0))
    assert x.shape == (1, 1, 2, 4)
    np.testing.assert_allclose(x[0, 0, 1, 1], round(0.299 * 200 + 0.587 * 100 + 0.114 * 50), atol=1e-4)


def test_the_largest_value_can_be_white(library: ImageLibrary) -> None:
    x = applied(library, picture(), divide_by_maximum=True)
    np.testing.assert_allclose(x[0, :, 1, 1], [1.0, 0.5, 0.25], rtol=1e-6)
    black = applied(library, np.zeros((2, 2, 3), np.uint8), divide_by_maximum=True)
    assert not black.any()  # and no division by 0


@pytest.mark.parametrize(("layout", "shape"), [("NCHW", (1, 3, 2, 4)), ("NHWC", (1, 2, 4, 3)), ("flat", (1, 24))])
def test_layouts_hold_the_same_numbers(library: ImageLibrary, layout: str, shape: tuple[int, ...]) -> None:
    x = applied(library, picture(), layout=layout, range=(0.0, 255.0))
    assert x.shape == shape
    rows = x.transpose(0, 2, 3, 1) if layout == "NCHW" else x
    np.testing.assert_allclose(rows.reshape(2, 4, 3), picture(), atol=1e-4)


def test_what_is_transparent_lies_on_white(library: ImageLibrary) -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0, :, 3] = 255
    x = applied(library, pixels)
    np.testing.assert_allclose(x[0, 0], [[0, 0], [1, 1]], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"mean": (1.0, 2.0)}, "must be 1 or 3 numbers for rgb"),
        ({"channels": "grey", "std": (1.0, 2.0, 3.0)}, "must be 1 number for grey"),
        ({"std": (0.0,)}, "divides by 0"),
        ({"range": (1.0, 1.0)}, "HIGH must be above LOW"),
        ({"channels": "rbg"}, "did you mean rgb"),
        ({"resize": (0, 5)}, "must be at least 1"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        Preprocessing(**options)


@pytest.mark.parametrize("written", ["12", "12x12", "12,12"])
def test_a_size_is_written_as_in_training(written: str) -> None:
    assert make(Preprocessing, {"resize": written}).resize == (12, 12)


def test_a_share_is_of_a_crop() -> None:
    with pytest.raises(UsageError, match=r"crop_share: counts with --fit=crop alone"):
        Preprocessing(crop_share=0.5)
