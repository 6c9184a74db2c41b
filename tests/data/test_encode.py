import numpy as np
import pytest

from nnlab.data.encode import encode_pixels, sample_shape
from nnlab.data.scaling import Scaling


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("flatten", [True, False])
def test_pixels_become_0_to_1(dtype: str, flatten: bool) -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(2, 8, 16, 1)
    encoded = encode_pixels(pixels, np.dtype(dtype), flatten)
    assert encoded.shape == ((2, 128) if flatten else (2, 8, 16, 1))
    assert encoded.dtype == np.dtype(dtype)
    assert encoded.flat[0] == 0 and encoded.flat[255] == 1
    # one rounding of the product, one of 1/255
    np.testing.assert_allclose(encoded.ravel(), np.arange(256) / 255, rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("ends", [(-1.0, 1.0), (0.0, 255.0), (0.25, 0.75), (-3.0, 0.0)])
def test_black_and_white_become_the_ends_of_the_range(dtype: str, ends: tuple[float, float]) -> None:
    low, high = ends
    encoded = encode_pixels(
        np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1), np.dtype(dtype), True, Scaling.of_range(*ends)
    )
    assert encoded.shape == (1, 256)
    assert encoded.dtype == np.dtype(dtype)
    assert encoded.flat[0] == low  # exactly: nothing is added to it
    # three roundings (the factor, the product, the sum), each at most half an eps of the largest value
    expected = low + (high - low) * np.arange(256) / 255
    np.testing.assert_allclose(encoded.ravel(), expected, rtol=0, atol=2 * np.finfo(dtype).eps * (high - low))


def test_rows_are_pixels_in_reading_order() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(
        encode_pixels(pixels, np.float64, True), encode_pixels(pixels, np.float64, False).reshape(3, -1)
    )


def test_the_sample_shape_follows() -> None:
    assert sample_shape((8, 16, 3), True) == (384,)
    assert sample_shape((8, 16, 3), False) == (8, 16, 3)
