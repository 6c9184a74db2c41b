"""PNG: values as the file has them, whatever else it says."""

import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from nnlab.data.images.formats.png import read_png

XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
CHROMATICITIES = struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)


@pytest.mark.parametrize("gamma", [100_000, 80_000, 45_455, 220_000])
@pytest.mark.parametrize("kind", [0, 2, 4, 6])
def test_gamma_changes_no_value(gamma: int, kind: int, picture, decoded, write_png) -> None:
    places = {0: [0], 2: [0, 1, 2], 4: [0, 3], 6: [0, 1, 2, 3]}[kind]
    file = write_png(picture[:, :, places], kind, 8, [(b"gAMA", struct.pack(">I", gamma))])
    colours = [0, 0, 0] if kind in (0, 4) else [0, 1, 2]
    np.testing.assert_array_equal(decoded(file), picture[:, :, colours + ([3] if kind in (4, 6) else [])])


@pytest.mark.parametrize(
    "chunk",
    [
        (b"sBIT", b"\5\5\5"),
        (b"cHRM", CHROMATICITIES),
        (b"sRGB", b"\0"),
        (b"iCCP", b"damaged\0\0no profile"),
        (b"bKGD", b"\0\xff" * 3),
        (b"oFFs", struct.pack(">iiB", 5, 7, 0)),
        (b"pHYs", struct.pack(">IIB", 1, 3, 0)),
        (b"tIME", b"not a time"),
    ],
    ids=lambda chunk: chunk[0].decode(),
)
def test_chunks_beside_the_pixels_change_no_value(chunk: tuple[bytes, bytes], picture, decoded, write_png) -> None:
    file = write_png(picture[:, :, :3], 2, 8, [(b"gAMA", struct.pack(">I", 100_000)), chunk])
    np.testing.assert_array_equal(decoded(file), picture[:, :, :3])


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_grey_of_any_depth_spreads_over_the_range(bits: int, picture, decoded, write_png) -> None:
    samples = picture[:, :, :1].astype(int) * 257 if bits == 16 else picture[:, :, :1] >> (8 - bits)
    expected = np.rint(samples * (255 / (2**bits - 1))).astype(np.uint8)
    np.testing.assert_array_equal(decoded(write_png(samples, 0, bits)), expected.repeat(3, axis=2))


@pytest.mark.parametrize(("bits", "clear"), [(2, 1), (8, 70), (16, 70 * 257)])
def test_a_transparent_colour_is_compared_with_samples_as_they_stand(bits, clear, picture, decoded, write_png) -> None:
    samples = picture[:, :, :1].astype(int) * 257 if bits == 16 else picture[:, :, :1].astype(int) >> (8 - bits)
    file = write_png(samples, 0, bits, [(b"tRNS", struct.pack(">H", clear))])
    np.testing.assert_array_equal(decoded(file)[:, :, 3] == 0, samples[:, :, 0] == clear)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("extra", [[], [(b"tRNS", b"\x00\x80")]], ids=["opaque", "transparent"])
def test_palettes_are_applied(bits: int, extra, picture, decoded, write_png) -> None:
    palette = np.random.default_rng(0).integers(0, 256, (2**bits, 3), dtype=np.uint8)
    numbers = picture[:, :, :1] >> (8 - bits)
    read = decoded(write_png(numbers, 3, bits, [(b"PLTE", palette.tobytes()), *extra]))
    alpha = np.full(2**bits, 255, np.uint8)
    alpha[:2] = [0, 128] if extra else 255
    assert read.shape[2] == (4 if extra else 3)
    seen = (alpha[numbers[:, :, 0]] > 0)[:, :, None]  # the colour of what is wholly transparent is nobody's business
    np.testing.assert_array_equal(read[:, :, :3] * seen, palette[numbers[:, :, 0]] * seen)
    if extra:
        np.testing.assert_array_equal(read[:, :, 3], alpha[numbers[:, :, 0]])


def exif(turn: int) -> bytes:
    said = Image.Exif()
    said[274] = turn
    return said.tobytes()


def profile(name: bytes, content: bytes) -> bytes:
    r"""As ImageMagick writes it: \nname\n  length\ndigits."""
    return b"\n%s\n%8d\n" % (name, len(content)) + content.hex().encode() + b"\n"


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"eXIf", exif(8)[6:])],
        [(b"eXIf", exif(8)[6:]), (b"eXIf", exif(3)[6:])],
        [(b"eXIf", exif(8))],
        [(b"tEXt", b"Raw profile type exif\0" + profile(b"exif", exif(8)))],
        [(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile(b"exif", exif(8))))],
        [(b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(profile(b"generic", exif(8))))],
        [(b"tEXt", b"Raw profile type xmp\0" + profile(b"xmp", XMP))],
        [(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)],
        [(b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0XMP\0" + zlib.compress(XMP))],
        [(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.replace(b"8", b"3")), (b"eXIf", exif(8)[6:])],
    ],
    ids=["eXIf", "two", "marked", "tEXt", "zTXt", "APP1", "raw xmp", "iTXt", "iTXt packed", "exif before xmp"],
)
def test_it_comes_upright_wherever_its_orientation_stands(chunks, picture, decoded, write_png) -> None:
    pixels = picture[:, :, :3]
    np.testing.assert_array_equal(decoded(write_png(pixels, 2, 8, chunks)), np.rot90(pixels, 1))


@pytest.mark.parametrize("text", [b"\nexif\n 4\nzz", b"", b"\nexif", b"\nexif\n4\n" + b"00" * 9])
def test_a_damaged_profile_says_nothing(text: bytes, picture, write_png: Callable[..., bytes]) -> None:
    for chunk in ((b"tEXt", b"Raw profile type exif\0" + text), (b"zTXt", b"Raw profile type exif\0\0" + text)):
        assert read_png(write_png(picture, 6, 8, [chunk])).orientation == 1


def test_an_animation_is_its_still_picture(picture, decoded, saved) -> None:
    other = Image.fromarray(picture[::-1, :, :3].copy())
    file = saved(picture[:, :, :3], "PNG", save_all=True, append_images=[other])
    assert b"fdAT" in file
    np.testing.assert_array_equal(decoded(file), picture[:, :, :3])
