import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.data.encode import encode_pixels
from nnlab.data.options import DataOptions
from nnlab.data.scaling import Scaling, fixed_scaling


def scaled(**options: object) -> tuple[str, tuple[float, float]]:
    made = DataOptions(**options)  # type: ignore[arg-type]
    return made.input_scaling, made.input_range


def test_a_range_has_a_name_which_the_run_keeps() -> None:
    assert scaled() == scaled(input_scaling="range") == scaled(input_scaling="0..1") == ("0..1", (0.0, 1.0))
    assert scaled(input_scaling="-1..1") == scaled(input_range=(-1.0, 1.0)) == ("-1..1", (-1.0, 1.0))
    assert scaled(input_range=(-2.0, 2.0)) == ("range", (-2.0, 2.0))
    for options in (DataOptions(), DataOptions(input_scaling="-1..1"), DataOptions(input_range=(0.0, 255.0))):
        assert DataOptions(**options.options()).options() == options.options()  # as config.toml gives them back


def test_black_grey_and_white_by_hand() -> None:
    scaling = fixed_scaling(DataOptions(input_scaling="-1..1"))
    assert scaling == Scaling.of_range(-1.0, 1.0)
    assert scaling is not None and (scaling.mean, scaling.std) == ((0.5,), (0.5,))  # (x / 255 - 1/2) / (1/2)
    x = np.array([0, 127.5, 255]).reshape(3, 1, 1, 1)
    np.testing.assert_allclose(encode_pixels(x, np.float64, True, scaling=scaling).ravel(), [-1, 0, 1], atol=1e-15)
    pixels = np.arange(256, dtype=np.uint8).reshape(-1, 1, 1, 1)
    expected = (np.arange(256) - 127.5) / 127.5
    # two roundings of numbers up to 2 in float32
    np.testing.assert_allclose(encode_pixels(pixels, np.float32, True, scaling=scaling).ravel(), expected, atol=2.4e-7)


@pytest.mark.parametrize("name", ["-1..1", "imagenet"])
def test_another_range_beside_a_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"--input-range: counts with --input-scaling=range alone, not with {name}"):
        DataOptions(input_scaling=name, input_range=(-3.0, 3.0))
