"""Steps that change values by chance: by hand, and as the definitions have them that they name."""

import colorsys
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from nnlab.core.errors import UsageError
from nnlab.data.images.vips import Vips
from nnlab.data.steps.auto_contrast import AutoContrast
from nnlab.data.steps.base import RandomPixelStep
from nnlab.data.steps.blur import Blur, blurred
from nnlab.data.steps.brightness import Brightness
from nnlab.data.steps.contrast import Contrast
from nnlab.data.steps.cutout import Cutout
from nnlab.data.steps.equalize import Equalize
from nnlab.data.steps.gamma import Gamma
from nnlab.data.steps.hue import Hue, turned
from nnlab.data.steps.jpeg import Jpeg
from nnlab.data.steps.posterize import Posterize
from nnlab.data.steps.random_grayscale import RandomGrayscale
from nnlab.data.steps.saturation import Saturation
from nnlab.data.steps.sharpness import Sharpness
from nnlab.data.steps.solarize import Solarize
from nnlab.data.steps.written import random_step


def after(step: RandomPixelStep, pixels: object, seed: int = 0) -> np.ndarray:
    return step.changed(np.array(pixels, np.uint8), np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("step", "pixel", "expected"),
    [
        (Brightness(factor=(1.5, 1.5)), (10, 101, 200), (15, 152, 255)),  # 151.5 to the even one
        (Brightness(factor=(0, 0)), (10, 101, 200), (0, 0, 0)),
        (
            Saturation(factor=(0.5, 0.5)),
            (200, 100, 50),
            (162, 112, 87),
        ),  # luma 124: 162, 112, 87
        (Saturation(factor=(0, 0)), (200, 100, 50), (124, 124, 124)),
        (Gamma(exponent=(2, 2)), (0, 51, 255), (0, 10, 255)),  # 255 / 5^2 = 10.2
        (Gamma(exponent=(0.5, 0.5)), (0, 51, 255), (0, 114, 255)),  # 255 / sqrt 5 = 114.04
        (Posterize(bits=(2, 2)), (63, 64, 255), (0, 64, 192)),
        (Posterize(bits=(8, 8)), (63, 64, 255), (63, 64, 255)),
        (Solarize(threshold=(100.0, 100.0)), (99, 100, 255), (99, 155, 0)),
        (RandomGrayscale(probability=1), (200, 100, 50), (124, 124, 124)),
        (Hue(max_degrees=0), (200, 100, 50), (200, 100, 50)),
        (AutoContrast(), (200, 100, 50), (200, 100, 50)),  # one value in each channel
        (Equalize(), (200, 100, 50), (200, 100, 50)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, RandomPixelStep) else "",
)
def test_values_worked_out_by_hand(step: RandomPixelStep, pixel: tuple[int, ...], expected: tuple[int, ...]) -> None:
    got = after(step, [[pixel]])
    np.testing.assert_allclose(
        got, [[expected]], atol=isinstance(step, Saturation)
    )  # 87.0 and 88 by float32's rounding


def test_contrast_by_hand() -> None:
    """A mean of 75, and twice the distance from it."""
    grey = np.array([50, 100, 25, 125], np.uint8).reshape(2, 2, 1)
    np.testing.assert_array_equal(after(Contrast(factor=(2, 2)), grey).ravel(), [25, 125, 0, 175])
    assert (after(Contrast(factor=(0, 0)), grey) == 75).all()


def test_auto_contrast_and_equalize_by_hand() -> None:
    two = np.array([[[10, 7], [20, 7]], [[60, 7], [10, 7]]], np.uint8)
    stretched = after(AutoContrast(), two)
    np.testing.assert_array_equal(stretched[:, :, 0], [[0, 51], [255, 0]])
    assert (stretched[:, :, 1] == 7).all()
    # 512 pixels: 256 of 10, 255 of 20, one of 90; s = 511 // 255 = 2: 0.5, 256.5 and 511 + 1 over 2, down
    values = np.repeat([10, 20, 90], [256, 255, 1]).reshape(16, 32, 1)
    spread = after(Equalize(), values)
    assert [int(spread[values == value][0]) for value in (10, 20, 90)] == [0, 128, 255]


def test_sharpness_by_hand() -> None:
    """One bright pixel: 5/13 of it stays in the middle, 1/13 comes to each neighbour; the edge is left."""
    pixels = np.zeros((5, 5, 1), np.uint8)
    pixels[2, 2] = 130
    smooth = after(Sharpness(factor=(0, 0)), pixels)[:, :, 0]
    expected = np.zeros((5, 5))
    expected[1:4, 1:4] = 10
    expected[2, 2] = 50
    np.testing.assert_array_equal(smooth, expected)
    assert after(Sharpness(factor=(1.5, 1.5)), pixels)[2, 2, 0] == 170  # 50 + 1.5 * 80


def test_blur_by_hand() -> None:
    """A line, s = 1: the weights of 0 and 1 are 0.39905 and 0.24204 (0.39894 and 0.24197 over their sum of 0.99973)."""
    pixels = np.zeros((9, 9, 1), np.uint8)
    pixels[:, 4] = 200
    row = blurred(pixels, 1.0)[4, :, 0]
    np.testing.assert_array_equal(row, [0, 1, 11, 48, 80, 48, 11, 1, 0])
    edge = np.zeros((1, 5, 1), np.uint8)
    edge[0, 1] = 100  # mirrored about pixel 0, so it is there twice: 2 * 24.2
    assert blurred(edge, 1.0)[0, 0, 0] == 48


@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.2, 4), st.integers(0, 99))
def test_blur_is_the_sum_of_its_formula(height: int, width: int, sigma: float, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 1), dtype=np.uint8)
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-(np.arange(-reach, reach + 1.0) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    mode = ["edge" if length == 1 else "reflect" for length in (height, width)]
    wide = np.pad(pixels[:, :, 0].astype(float), ((reach, reach), (0, 0)), mode=mode[0])  # type: ignore[call-overload]
    wide = np.pad(wide, ((0, 0), (reach, reach)), mode=mode[1])  # type: ignore[call-overload]
    rows = sum(weight * wide[place : place + height] for place, weight in enumerate(weights))
    exact = sum(weight * rows[:, place : place + width] for place, weight in enumerate(weights))
    assert np.abs(blurred(pixels, sigma)[:, :, 0] - exact).max() <= 0.501  # rounding, and float32's before it


def pillow(enhancer: Callable[..., object], factor: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pixels: np.asarray(enhancer(Image.fromarray(pixels)).enhance(factor))  # type: ignore[attr-defined]


def pillow_op(op: Callable[..., Image.Image], *options: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pixels: np.asarray(op(Image.fromarray(pixels), *options))


FACTORS = (0.0, 0.35, 0.9, 1.3, 2.0)


@pytest.mark.parametrize(
    ("step", "definition", "most"),
    [
        *(
            (cls(factor=(factor, factor)), pillow(enhancer, factor), 1)  # 1: Pillow cuts fractions off
            for cls, enhancer in (
                (Brightness, ImageEnhance.Brightness),
                (Contrast, ImageEnhance.Contrast),
                (Saturation, ImageEnhance.Color),
                (Sharpness, ImageEnhance.Sharpness),
            )
            for factor in FACTORS
        ),
        (AutoContrast(), pillow_op(ImageOps.autocontrast), 1),
        (Equalize(), pillow_op(ImageOps.equalize), 0),
        *((Posterize(bits=(bits, bits)), pillow_op(ImageOps.posterize, bits), 0) for bits in (1, 5)),
        (Solarize(threshold=(77.0, 77.0)), pillow_op(ImageOps.solarize, 77), 0),
        (RandomGrayscale(), lambda pixels: np.asarray(Image.fromarray(pixels).convert("L").convert("RGB")), 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, RandomPixelStep) else "",
)
def test_they_are_pillows_within_a_grey_level(
    step: RandomPixelStep, definition: Callable[[np.ndarray], np.ndarray], most: int, shared_data: Path
) -> None:
    for path in [
        shared_data / "salient_photos" / "car.png",
        *sorted((shared_data / "cats_dogs" / "cat").iterdir())[:2],
    ]:
        pixels = np.array(Vips().pixels(Vips().read(path)))[:200, :200, :3]
        pixels = np.ascontiguousarray(pixels)
        difference = np.abs(after(step, pixels).astype(int) - definition(pixels))
        assert difference.max() <= most


@given(st.tuples(*[st.integers(0, 255)] * 3), st.floats(-180, 180))
def test_hue_is_turned_in_hsv(colour: tuple[int, int, int], degrees: float) -> None:
    hue, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    expected = np.array(colorsys.hsv_to_rgb((hue + degrees / 360) % 1, saturation, value)) * 255
    got = turned(np.array([[colour]], np.uint8), degrees)[0, 0]
    assert np.abs(got - expected).max() <= 0.51  # rounding


def test_hue_goes_round() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    third = turned(colours, 120.0)
    np.testing.assert_array_equal(third, colours[:, :, [2, 0, 1]])
    np.testing.assert_array_equal(turned(colours, 0.0), colours)
    grey = np.repeat(colours[:, :, :1], 3, axis=2)
    np.testing.assert_array_equal(turned(grey, 77.0), grey)


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_is_what_a_file_of_that_quality_holds(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (13, 22, channels), dtype=np.uint8)
    for quality in (1, 60, 100):
        step = Jpeg(quality=(quality, quality))
        file = io.BytesIO()
        Image.fromarray(pixels.squeeze()).save(file, "JPEG", quality=quality, subsampling=0 if quality == 100 else 2)
        expected = np.asarray(Image.open(file)).reshape(pixels.shape)
        np.testing.assert_array_equal(after(step, pixels), expected)
    ways = {after(Jpeg(quality=(20, 22)), pixels, seed).tobytes() for seed in range(20)}
    assert len(ways) == 3


@pytest.mark.parametrize(("fill", "colour"), [("mean", (40, 80, 120)), ("grey", (128,) * 3), ("black", (0,) * 3)])
def test_cutout_covers_a_square_about_any_pixel(fill: str, colour: tuple[int, ...]) -> None:
    pixels = np.empty((20, 30, 3), np.uint8)
    pixels[:, ::2], pixels[:, 1::2] = (39, 79, 119), (41, 81, 121)
    sizes = set()
    for seed in range(60):
        covered = after(Cutout(side=(0.5, 0.5), fill=fill), pixels, seed)
        rows, columns = np.nonzero((covered != pixels).any(axis=2))
        sizes.add((int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1, len(rows)))
        assert (covered[rows, columns] == colour).all()
    whole = [size for size in sizes if size[:2] == (10, 10)]
    assert whole == [(10, 10, 100)] and all(height <= 10 and width <= 10 for height, width, _ in sizes)
    assert all(height * width == count for height, width, count in sizes) and len(sizes) > 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Brightness:factor=1.5,0.5", "Brightness.factor: must be LOW,HIGH, the lower first, got 1.5,0.5"),
        ("Brightness:factor=-1,1", "Brightness.factor: must be at least 0, got -1.0"),
        ("Jpeg:quality=0", "Jpeg.quality: must be at least 1, got 0"),
        ("Jpeg:quality=20,101", "Jpeg.quality: must be at most 100, got 101"),
        ("Jpeg:quality=1,2,3", "Jpeg.quality: must be 2 values with commas between"),
        ("Cutout:fill=red", "Cutout.fill: 'red' is not one of its values; there are mean, grey, black"),
        ("Posterize:bits=9", "Posterize.bits: must be at most 8, got 9"),
        ("Hue:max_degrees=181", "Hue.max_degrees: must be at most 180, got 181.0"),
        ("Hue:probability=-1", "Hue.probability: must be at least 0, got -1.0"),
    ],
)
def test_what_cannot_be_is_one_line(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        random_step(text)
    assert str(caught.value).startswith(says)


def test_one_number_is_a_range_too() -> None:
    assert random_step("Brightness:factor=0.5").options() == {"probability": 1.0, "factor": (0.5, 0.5)}
    assert random_step("Jpeg:quality=30,probability=0.5").options() == {"probability": 0.5, "quality": (30, 30)}
    assert isinstance(random_step("Blur"), Blur)
