"""Resizing as Pillow does it: on real photos, for each library and each interpolation."""

import functools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.pillow_resize import FILTERS
from nnlab.data.steps.resize import Resize

SCALES = (0.25, 0.4, 0.7, 1.5, 4.0)


@functools.cache
def photos(shared_data: Path) -> list[np.ndarray]:
    """Twenty, the middle 100 x 75 pixels of each: edges of JPEG blocks, hair, skin, and flat grounds."""
    paths = sorted(shared_data.glob("cats_dogs/*/*.jpg"))[::70][:8] + sorted(shared_data.glob("sign_digits/*/*"))[::170]
    paths += sorted(path for path in shared_data.glob("salient_photos/*.*") if path.suffix in (".jpg", ".png"))
    assert len(paths) >= 20
    cut = []
    for path in paths[:20]:
        with Image.open(path) as opened:
            photo = opened.convert("RGB")
            left, top = (photo.width - 100) // 2, (photo.height - 75) // 2
            cut.append(np.asarray(photo.crop((left, top, left + 100, top + 75))))
    return cut


def differences(
    library: ImageLibrary, pictures: list[np.ndarray], scale: float, name: str, interpolation: str
) -> list[np.ndarray]:
    found = []
    for pixels in pictures:
        size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
        step = Resize(size=size, interpolation=interpolation)
        expected = Image.fromarray(pixels).resize(size, Image.Resampling[name])
        resized = library.pixels(step.apply(library.image(pixels), library))
        found.append(np.abs(resized.astype(int) - np.asarray(expected)))
    return found


@pytest.mark.parametrize("scale", SCALES)
def test_the_libraries_resize_as_pillow_does(scale: float, library: ImageLibrary, shared_data: Path) -> None:
    found = differences(library, photos(shared_data), scale, "LANCZOS" if scale < 1 else "BICUBIC", "auto")
    means = np.array([difference.mean() for difference in found])
    assert means.max() <= 1.0
    assert means.mean() <= 0.5
    # beside hard edges more: Pillow cuts values to 0..255 between across and down, the others do not
    assert np.mean([(difference <= 1).mean() for difference in found]) >= 0.98


@pytest.mark.parametrize("interpolation", FILTERS)
def test_an_interpolation_that_has_a_name_is_pillows(
    interpolation: str, library: ImageLibrary, shared_data: Path
) -> None:
    for scale in (0.25, 4.0):
        found = differences(library, photos(shared_data)[:4], scale, FILTERS[interpolation], interpolation)
        assert max(difference.max() for difference in found) == 0
