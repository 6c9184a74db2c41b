"""What one look at a picture sees."""

import io
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.truth import Label
from nnlab.data.given import Given
from nnlab.data.images.vips import Vips
from nnlab.data.inspection.look import DECODED, LOOKED_AT, Look, look_at, sharpness_of
from nnlab.data.prepare import Preparation
from nnlab.data.source import Sample


def look(pixels: np.ndarray, folder: Path, format: str = "PNG", **options: object) -> Look:
    path = folder / f"one.{format.lower()}"
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    path.write_bytes(file.getvalue())
    preparation = Preparation(steps=(), library=Vips(), wanted=(DECODED, DECODED), disk_cache=False)
    return look_at(Given.of(Sample(0, path, path.name, Label(0))), preparation)


def test_brightness_is_told_without_its_extremes(tmp_path: Path) -> None:
    pixels = np.full((100, 100), 100, np.uint8)
    pixels[0, :60], pixels[1, :60] = 0, 255  # 0.6% each
    pixels[50:] = 140
    seen = look(pixels, tmp_path)
    assert (seen.dark, seen.light) == (100, 140)
    assert seen.contrast == pytest.approx(float(pixels.std()))
    assert (seen.width, seen.height, seen.colour, seen.transparent) == (100, 100, False, False)


def test_colour_and_transparency_are_what_is_in_the_picture_not_in_its_file(tmp_path: Path) -> None:
    grey = np.random.default_rng(0).integers(0, 256, (20, 30, 1), dtype=np.uint8).repeat(3, axis=2)
    assert not look(grey, tmp_path).colour
    tinted = grey // 2
    tinted[:, :, 0] += 20
    assert look(tinted, tmp_path).colour
    opaque = np.dstack([grey, np.full((20, 30), 255, np.uint8)])
    assert not look(opaque, tmp_path).transparent
    opaque[:5, :, 3] = 0
    assert look(opaque, tmp_path).transparent


def test_a_large_picture_is_looked_at_small_and_keeps_its_size_upright(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (900, 1500, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    seen = look(pixels, tmp_path, "JPEG", quality=90, exif=exif.tobytes())
    assert (seen.width, seen.height) == (900, 1500)
    assert LOOKED_AT < 900
    assert seen.contrast < 12  # the noise of 74 that was averaged over 11 pixels and more each way


def test_what_is_shown_before_a_plain_border_is_cut_out(tmp_path: Path) -> None:
    canvas, thing = np.full((2, 60, 60), 10, np.uint8), np.random.default_rng(0).integers(90, 256, (20, 16))
    canvas[0, 5:25, 8:24] = canvas[1, 33:53, 40:56] = thing
    one, other = (look(pixels, tmp_path) for pixels in canvas)
    assert one.seen is not None and other.seen is not None
    np.testing.assert_array_equal(one.seen.grey, other.seen.grey)
    np.testing.assert_array_equal(one.seen.colours, other.seen.colours)
    busy = np.random.default_rng(1).integers(0, 256, (60, 60), dtype=np.uint8)
    assert look(busy, tmp_path).seen is None


def test_sharpness_is_that_of_the_steepest_edges() -> None:
    step = np.zeros((40, 40), np.uint8)
    step[:, 20:] = 200  # beside the edge the bend is 200 of a range of 200, in 2 of 38 columns
    assert sharpness_of(step, 200) == 1.0
    ramp = np.tile(np.linspace(0, 200, 40).astype(np.uint8), (40, 1))
    assert sharpness_of(ramp, 200) <= 1 / 200
    assert sharpness_of(step, 0) == 0.0
    assert math.isnan(sharpness_of(step[:8], 200))
