"""Small datasets, written with Pillow: a judge that is neither of nnlab's image libraries."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.magick import ImageMagick
from nnlab.data.images.pillow import Pillow
from nnlab.data.images.vips import Vips

WriteSet = Callable[..., Path]


def pixels_of(name: str, shape: tuple[int, ...] = (24, 30, 3)) -> np.ndarray:
    """Smooth pixels that differ for every name."""
    rng = np.random.default_rng(sum(name.encode()))
    height, width, channels = shape
    y, x = np.mgrid[0:height, 0:width]
    waves = [
        127 + 100 * np.sin(x * rng.uniform(0.05, 0.3) + y * rng.uniform(0.05, 0.3) + rng.uniform(0, 6))
        for _ in range(channels)
    ]
    return np.stack(waves, axis=2).astype(np.uint8)


def encoded(pixels: np.ndarray, format: str, **options: Any) -> bytes:
    """The bytes of an image file."""
    file = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[-1] == 1 else pixels).save(file, format, **options)
    return file.getvalue()


@pytest.fixture(params=[Vips, ImageMagick, Pillow], ids=["Vips", "ImageMagick", "Pillow"])
def library(request: pytest.FixtureRequest) -> ImageLibrary:
    """Each image library in turn."""
    made: ImageLibrary = request.param()
    return made


@pytest.fixture
def write_set(tmp_path: Path) -> WriteSet:
    """Writes a dataset of PNGs, `classes` of `images` each, and gives its folder; the datasets path is its parent."""

    def write(name: str = "small", classes: int = 3, images: int = 10) -> Path:
        folder = tmp_path / "sets" / name
        for label in range(classes):
            (folder / str(label)).mkdir(parents=True)
            for index in range(images):
                path = folder / str(label) / f"{index}.png"
                path.write_bytes(encoded(pixels_of(f"{name}{label}/{index}"), "PNG"))
        return folder

    return write
