"""What kind of file a picture lies in."""

import numpy as np
import pyvips

from nnlab.data.images.header import read_header
from nnlab.data.inspection.file_kind import ENDINGS, FileKind, kind_of
from nnlab.data.names import IMAGE_SUFFIXES
from tests.data.conftest import encoded, pixels_of


def kind(file: bytes) -> FileKind:
    return kind_of(file, read_header(file))


def test_what_is_lost_is_known_by_format() -> None:
    pixels = pixels_of("a", (16, 16, 3))
    assert kind(encoded(pixels, "PNG")) == FileKind("png")
    assert kind(encoded(pixels, "JPEG", quality=60)) == FileKind("jpeg", lossy=True, quality=60)
    assert kind(encoded(pixels, "WEBP", quality=60)) == FileKind("webp", lossy=True)
    assert kind(encoded(pixels, "WEBP", lossless=True)) == FileKind("webp")
    assert kind(encoded(pixels, "JPEG2000")) == FileKind("jpeg2000")
    assert kind(encoded(pixels, "JPEG2000", irreversible=True)) == FileKind("jpeg2000", lossy=True)
    assert kind(encoded(pixels, "BMP")) == FileKind("bmp")


def test_a_webp_with_transparency_is_lossy_where_its_colours_are() -> None:
    pixels = np.dstack([pixels_of("a", (16, 16, 3)), pixels_of("b", (16, 16, 1))])
    assert kind(encoded(pixels, "WEBP", quality=60)).lossy
    assert not kind(encoded(pixels, "WEBP", lossless=True)).lossy


def test_deep_samples_and_inks_are_seen() -> None:
    deep = pyvips.Image.new_from_array(np.full((4, 4), 30_000, np.uint16)).copy(interpretation="grey16")
    assert kind(deep.pngsave_buffer()) == FileKind("png", depth=16)
    inks = pyvips.Image.black(8, 8, bands=4).copy(interpretation="cmyk")
    assert kind(inks.jpegsave_buffer(Q=75)).cmyk
    assert kind(inks.tiffsave_buffer()).cmyk


def test_kinds_are_told_in_words() -> None:
    assert FileKind("jpeg", lossy=True, quality=75).words == "JPEG of quality 75"
    assert FileKind("webp").words == "WebP"
    assert FileKind("row").words == "row of an array"


def test_every_ending_that_is_read_is_of_one_format() -> None:
    endings = [ending for own in ENDINGS.values() for ending in own]
    assert sorted(endings) == sorted(IMAGE_SUFFIXES)
