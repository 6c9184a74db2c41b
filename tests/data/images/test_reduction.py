"""JPEGs that their decoder shrinks: the same through every library, near to what comes of the whole picture."""

import io
import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import Header
from nnlab.data.images.header import read_header
from nnlab.data.images.magick import ImageMagick
from nnlab.data.images.pillow import Pillow
from nnlab.data.images.vips import Vips

LIBRARIES = Vips(), ImageMagick(), Pillow()


def photo(width: int = 403, height: int = 301, orientation: int = 1, mode: str = "RGB", **options: object) -> bytes:
    """A smooth scene, its sides no multiples of 8, with one corner that is unlike the others."""
    y, x = np.mgrid[0:height, 0:width]
    scene = np.stack([127 + 90 * np.sin(x / 37 + y / 53 + shift) for shift in (0, 2, 4)], axis=2)
    scene[: height // 4, : width // 4] = 250
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(scene.astype(np.uint8)).convert(mode).save(file, "JPEG", exif=exif, quality=90, **options)
    return file.getvalue()


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 300), st.integers(1, 300), st.integers(1, 8))
def test_twice_the_wanted_size_is_left_and_no_more_than_need_be(
    width: int, height: int, across: int, down: int, orientation: int
) -> None:
    header = Header("jpeg", width, height, orientation)
    reduction = header.reduced((across, down)).reduction
    seen = (width, height) if orientation < 5 else (height, width)

    def fits(factor: int) -> bool:
        large = seen[0] // factor >= 2 * across and seen[1] // factor >= 2 * down
        return large and max(seen[0] % factor * across / seen[0], seen[1] % factor * down / seen[1]) <= 1 / 8

    assert reduction == max([factor for factor in (2, 4, 8) if fits(factor)], default=1)


def test_other_formats_are_decoded_in_full() -> None:
    assert Header("png", 4000, 3000).reduced((64, 64)).reduction == 1


@pytest.mark.parametrize("reduction", [2, 4, 8])
@pytest.mark.parametrize("kind", ["RGB", "L", "CMYK", "progressive", "4:4:4"])
def test_the_libraries_agree(kind: str, reduction: int) -> None:
    options: dict[str, object] = {"progressive": True} if kind == "progressive" else {}
    options |= {"subsampling": 0} if kind == "4:4:4" else {}
    file = photo(mode=kind if kind in ("L", "CMYK") else "RGB", **options)
    header = replace(read_header(file), reduction=reduction)
    made = [library.pixels(library.decode(file, header)).astype(int) for library in LIBRARIES]
    shape = (301 // reduction, 403 // reduction, 3)
    for one, other in itertools.combinations(made, 2):
        assert one.shape == other.shape == shape
        assert np.abs(one - other).max() <= (1 if kind == "CMYK" else 0)  # inks: a product is rounded here, cut there


@pytest.mark.parametrize("side", range(15, 41))
def test_every_size_comes_out_alike(side: int) -> None:
    """ImageMagick and Pillow find the factor from a size, libvips is told it: all have to mean the same."""
    file = photo(side, side + 7)
    for wanted in ((1, 1), (2, 2), (3, 3), (5, 4)):
        shapes = {library.decode(file, wanted=wanted).shape for library in LIBRARIES}
        reduction = read_header(file).reduced(wanted).reduction
        assert shapes == {((side + 7) // reduction, side // reduction, 3)}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_photos_come_upright(orientation: int, library) -> None:
    file = photo(400, 304, orientation=orientation)
    upright = (304, 400) if orientation >= 5 else (400, 304)  # width, height
    for size in ((20, 15), (15, 20)):
        whole, reduced = library.decode(file), library.decode(file, wanted=size)
        assert reduced.shape != whole.shape == (*upright[::-1], 3)
        one, other = (library.pixels(library.resize(image, *size)).astype(int) for image in (whole, reduced))
        assert np.abs(one - other).mean() <= 2  # 1 when written; a turn gone wrong is 40 and more off


def test_what_needs_no_reduction_is_the_same_to_the_byte(library) -> None:
    file = photo(404, 302)
    whole = library.pixels(library.decode(file))
    np.testing.assert_array_equal(library.pixels(library.decode(file, wanted=(110, 110))), whole)
    assert library.decode(file, wanted=(100, 75)).shape == (151, 202, 3)


def test_photos_are_near_to_what_comes_of_the_whole(library, shared_data) -> None:
    for path in sorted((shared_data / "salient_photos").glob("*.jpg")):
        file = path.read_bytes()
        assert read_header(file).reduced((32, 32)).reduction >= 2
        one, other = (
            library.pixels(library.resize(library.decode(file, wanted=wanted), 32, 32)).astype(int)
            for wanted in (None, (32, 32))
        )
        assert np.abs(one - other).mean() <= 1.5, path.name  # 0.6 to 1.1 when written


def test_lost_pixels_are_refused_all_the_same(library) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG")
    data = file.getvalue()
    with pytest.raises(DataError, match="premature end"):
        library.decode(data[: len(data) * 2 // 3] + b"\xff\xd9", wanted=(20, 20))
