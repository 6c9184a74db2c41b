import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlab.core.errors import UsageError
from nnlab.data.encode import encode_pixels
from nnlab.data.options import DataOptions
from nnlab.data.scaling import IMAGENET_MEAN, IMAGENET_STD, UNIT, Scaling, fixed_scaling, kept_scaling, measured_scaling

IMAGES = np.random.default_rng(0).integers(0, 256, (300, 3, 4, 3), dtype=np.uint8)


def test_training_pixels_get_mean_0_and_deviation_1_in_every_channel() -> None:
    places = [*range(0, 300, 2)]
    x = encode_pixels(IMAGES[places], np.float64, False, scaling=measured_scaling(IMAGES, places))
    assert x.shape == (150, 3, 4, 3) and x.dtype == np.float64
    # 1e-12: sums of 1,800 numbers near 1 in double precision
    np.testing.assert_allclose(x.mean(axis=(0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(x.std(axis=(0, 1, 2)), 1, atol=1e-12)


@given(arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.sampled_from([1, 3]))))
def test_it_is_numpys_mean_and_deviation(images: np.ndarray) -> None:
    scaling = measured_scaling(images, range(len(images)))
    wide = images.astype(np.float64) / 255
    # 1e-9: numpy's own deviation of a constant channel is rounding, 1e-17 and not 0
    std = wide.std(axis=(0, 1, 2))
    np.testing.assert_allclose(scaling.mean, wide.mean(axis=(0, 1, 2)), atol=1e-9)
    np.testing.assert_allclose(scaling.std, np.where(std < 1e-9, 1, std), atol=1e-9)


def test_a_value_by_hand() -> None:
    images = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)
    scaling = measured_scaling(images, [0, 1])
    assert scaling.mean == (0.5,) and scaling.std == (0.5,)
    np.testing.assert_array_equal(encode_pixels(images, np.float32, True, scaling=scaling), [[-1.0], [1.0]])


def test_order_and_repetition_of_the_samples_change_nothing() -> None:
    assert measured_scaling(IMAGES, [*range(300)]) == measured_scaling(IMAGES, [*reversed(range(300))])
    assert measured_scaling(IMAGES, [0, 1]) == measured_scaling(IMAGES, [1, 0, 0, 1])


def test_imagenets_is_the_published_one() -> None:
    scaling = fixed_scaling(DataOptions(input_scaling="imagenet"))
    assert scaling is not None
    x = encode_pixels(IMAGES, np.float64, False, scaling=scaling)
    np.testing.assert_allclose(x, (IMAGES / 255 - IMAGENET_MEAN) / IMAGENET_STD, atol=1e-12)  # a few roundings


def test_ranges_are_what_they_were_to_the_last_bit() -> None:
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (0.25, 7.5)):
        expected = np.multiply(IMAGES, np.float32((high - low) / 255), dtype=np.float32) + np.float32(low)
        found = encode_pixels(IMAGES, np.float32, False, Scaling.of_range(low, high))
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, expected)


def test_what_a_run_keeps_comes_back_exactly() -> None:
    scaling = measured_scaling(IMAGES, [*range(300)])
    record = json.loads(json.dumps(scaling.record))
    options = DataOptions(input_scaling="mean-std")
    assert kept_scaling(options, {"scaling": record}) == scaling
    assert kept_scaling(options, {}) is None
    assert kept_scaling(DataOptions(), {}) == UNIT
    for factor, shift in (([1.0], []), ([], []), ([float("nan")], [0.0])):
        with pytest.raises(ValueError, match="no scaling"):
            Scaling.of_record({"factor": factor, "shift": shift})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"input_scaling": "mean-std", "input_range": (-1.0, 1.0)}, "--input-range: counts with --input-scaling=range"),
        ({"input_scaling": "imagenet", "grayscale": True}, "--input-scaling=imagenet: is for three channels"),
        ({"input_scaling": "meanstd"}, "did you mean mean-std"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        DataOptions(**options)  # type: ignore[arg-type]
