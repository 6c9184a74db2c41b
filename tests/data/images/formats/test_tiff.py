"""TIFF: values as the file has them, the same through both libraries, whatever its tags say beside."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.formats.tiff import read_tiff
from nnlab.data.images.pillow import Pillow

GREY, RGB, PALETTE, CMYK, YCBCR, LAB = 1, 2, 3, 5, 6, 8
EXTRA = 338


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("white", [0, 1], ids=["white is zero", "black is zero"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_grey_is_as_it_is_whatever_0_means(bits, white, order, picture, decoded, write_tiff) -> None:
    shown = picture[:, :, :1].astype(int) * 257 if bits == 16 else picture[:, :, :1].astype(int) >> (8 - bits)
    stored = shown if white == 1 else 2**bits - 1 - shown
    expected = np.rint(shown * (255 / (2**bits - 1))).astype(np.uint8)
    file = write_tiff(stored, white, bits=bits, order=order)
    np.testing.assert_array_equal(decoded(file), expected.repeat(3, axis=2))


LAYOUTS = {  # samples by their letters, the photometric interpretation, what ExtraSamples says
    "rgba": ("rgba", RGB, [2]),
    "rgb with a sample of no meaning": ("rgbx", RGB, [0]),
    "alpha after a sample of no meaning": ("rgbxa", RGB, [0, 2]),
    "alpha before one": ("rgbax", RGB, [2, 0]),
    "alpha between two": ("rgbxax", RGB, [0, 2, 0]),
    "nothing said of the fourth": ("rgba", RGB, []),
    "grey and alpha": ("ga", GREY, [2]),
    "white is zero, and alpha": ("wa", 0, [2]),
    "grey with a sample of no meaning": ("gx", GREY, [0]),
    "grey, alpha after a sample of no meaning": ("gxa", GREY, [0, 2]),
    "grey, alpha before one": ("gax", GREY, [2, 0]),
    "grey, two of no meaning": ("gxx", GREY, [0, 0]),
    "grey, nothing said of the second": ("ga", GREY, []),
    "palette with alpha": ("pa", PALETTE, [2]),
    "palette with a sample of no meaning": ("px", PALETTE, [0]),
    "inks": ("cmyk", CMYK, []),
    "inks with alpha": ("cmyka", CMYK, [2]),
    "inks with a sample of no meaning": ("cmykx", CMYK, [0]),
}
CUBE = np.random.default_rng(1).integers(0, 256, (256, 3))


def planes(letters: str, picture: np.ndarray, scale: int) -> np.ndarray:
    known = {"r": 0, "g": 0, "p": 0, "c": 0, "m": 1, "y": 2, "k": 3, "b": 2, "a": 3}
    known |= {"g": 1} if "r" in letters else {}
    rng = np.random.default_rng(2)
    made = []
    for letter in letters:
        plane = rng.integers(0, 256, picture.shape[:2]) if letter == "x" else picture[:, :, known.get(letter, 0)]
        made.append(255 - plane.astype(int) if letter == "w" else plane.astype(int))
    return np.stack(made, axis=2) * scale


def meant(letters: str, picture: np.ndarray) -> np.ndarray:
    colours = picture[:, :, :3] if "r" in letters else picture[:, :, [0, 0, 0]]
    if "p" in letters:
        colours = CUBE[picture[:, :, 0]].astype(np.uint8)
    if "k" in letters:
        light = 255.0 - picture
        colours = np.rint(light[:, :, :3] * light[:, :, 3:] / 255).astype(np.uint8)
    return np.dstack([colours, picture[:, :, 3]]) if "a" in letters else colours


WAYS = [(name, apart, bits) for name in LAYOUTS for apart in (False, True) for bits in (8, 16)]


@pytest.mark.parametrize(
    ("name", "apart", "bits"), [way for way in WAYS if "pal" not in way[0] or way[1:] == (False, 8)]
)
def test_transparency_is_the_sample_that_its_tag_says(name, apart, bits, picture, write_tiff, decoded, library) -> None:
    letters, photometric, extra = LAYOUTS[name]
    samples = planes(letters, picture, 257 if bits == 16 else 1)
    tags = [(EXTRA, 3, extra)] + ([(320, 3, (CUBE.T * 257).ravel().tolist())] if "p" in letters else [])
    file = write_tiff(samples, photometric, *tags, bits=bits, apart=apart)
    if isinstance(library, Pillow) and not pillow_reads(letters, apart, bits):
        with pytest.raises(DataError, match=r"of a kind that Pillow does not read here .* use --data-loader=Vips"):
            decoded(file)
        return
    np.testing.assert_array_equal(decoded(file), meant(letters, picture))


def pillow_reads(letters: str, apart: bool, bits: int) -> bool:
    """Pillow drops a fifth sample, and mixes up planes of 16 bits; it has no grey of 16 bits with another sample."""
    if apart:  # planes of no meaning are left out before
        letters = letters.replace("x", "")
        return len(letters) < 5 and (bits == 8 or len(letters) == 1)
    return len(letters) < 5 and (bits == 8 or len(letters) != 2)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("photometric", [GREY, RGB])
def test_colours_multiplied_by_alpha_come_without_it(bits, photometric, picture, decoded, write_tiff, library) -> None:
    if isinstance(library, Pillow) and bits == 16 and photometric == GREY:
        with pytest.raises(DataError, match="of a kind that Pillow does not read here"):
            decoded(write_tiff(np.zeros((4, 4, 2), int), photometric, (EXTRA, 3, [1]), bits=bits))
        return
    colours, alpha = picture[:, :, :3] if photometric == RGB else picture[:, :, :1], picture[:, :, 3:]
    scale = 257 if bits == 16 else 1
    stored = np.rint(np.dstack([colours * (alpha / 255), alpha]) * scale).astype(int)
    read = decoded(write_tiff(stored, photometric, (EXTRA, 3, [1]), bits=bits))
    shown = read[:, :, :3] if photometric == RGB else read[:, :, :1]
    assert (np.abs(shown.astype(int) - colours) <= np.ceil(128 / alpha)).all()  # half a step of what was stored
    np.testing.assert_array_equal(read[:, :, 3:], alpha)


@pytest.mark.parametrize("photometric", [YCBCR, LAB])
def test_colour_spaces_are_turned_into_rgb_alike(photometric: int, picture, decoded, write_tiff) -> None:
    samples = {YCBCR: [76, 85, 255], LAB: [138, 81, 70]}[photometric]  # red
    file = write_tiff(np.full((4, 5, 3), samples), photometric, (530, 3, [1, 1]))
    assert np.abs(decoded(file).astype(int) - [255, 0, 0]).max() <= 3


@pytest.mark.parametrize(
    "tags",
    [
        [(305, 2, list(b"no zero at its end"))],
        [(305, 4, [1, 2, 3])],
        [(34665, 4, [0x7FFFFFFF])],
        [(34675, 1, list(b"no profile"))],
        [(279, 4, [])],
        [(278, 4, [])],
        [(278, 4, [0xFFFFFFFF])],
        [(279, 4, [0])],
        [(282, 3, [0, 0]), (296, 3, [9])],
        [(65000, 1, [1] * 9)],
        [(339, 3, [4, 4, 4])],
    ],
    ids=["text", "kind", "exif", "profile", "lengths", "rows", "all rows", "length 0", "inches", "own", "undefined"],
)
def test_what_a_decoder_would_warn_of_costs_nothing(tags, picture, decoded, write_tiff) -> None:
    if tags[0][1] == 2:
        tags = [(tag, 1, said) for tag, _, said in tags]
    file = write_tiff(picture[:, :, :3], RGB, *tags)
    np.testing.assert_array_equal(decoded(file), picture[:, :, :3])


def test_unsorted_tags_and_further_pages_cost_nothing(picture, decoded, write_tiff, saved) -> None:
    file = bytearray(write_tiff(picture[:, :, :3], RGB))
    (at,) = struct.unpack_from("<I", file, 4)
    first, second = file[at + 2 : at + 14], file[at + 14 : at + 26]
    file[at + 2 : at + 26] = second + first
    np.testing.assert_array_equal(decoded(bytes(file)), picture[:, :, :3])
    pages = saved(picture[:, :, :3], "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    np.testing.assert_array_equal(decoded(pages), picture[:, :, :3])


@pytest.mark.parametrize("packing", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4"])
@pytest.mark.parametrize("big", [False, True], ids=["", "BigTIFF"])
def test_packed_files_are_read_as_an_independent_decoder_reads_them(packing, big, picture, decoded) -> None:
    image, file = Image.fromarray(picture[:, :, :3]), io.BytesIO()
    image.convert("1" if packing == "group4" else "RGB").save(file, "TIFF", compression=packing, big_tiff=big)
    with Image.open(file) as judge:
        np.testing.assert_array_equal(decoded(file.getvalue()), np.asarray(judge.convert("RGB")))


def test_it_comes_upright_by_its_tag_or_by_xmp(picture, decoded, write_tiff) -> None:
    xmp = (700, 1, list(b'<a tiff:Orientation="3"/>'))
    for tags, turns in (([xmp], 2), ([(274, 3, [6]), xmp], -1), ([(274, 3, [1]), xmp], 0), ([(274, 1, [8])], 1)):
        file = write_tiff(picture[:, :, :3], RGB, *tags)
        np.testing.assert_array_equal(decoded(file), np.rot90(picture[:, :, :3], turns))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_short_is_refused(share: float, decoded) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    for options in ({}, {"compression": "tiff_lzw"}):
        file = io.BytesIO()
        Image.fromarray(noise).save(file, "TIFF", **options)
        data = file.getvalue()
        tags = data.rindex(b"\0\1")  # Pillow writes the directory first, the pixels last
        assert tags < len(data)
        with pytest.raises(DataError, match=r"truncated|corrupt"):
            decoded(data[: int(len(data) * share)])


@pytest.mark.parametrize("packing", ["group3", "tiff_adobe_deflate"])
def test_lost_pixels_are_refused_though_the_file_has_its_length(packing: str, decoded, library) -> None:
    noise, file = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8), io.BytesIO()
    Image.fromarray(noise).convert("1" if packing == "group3" else "RGB").save(file, "TIFF", compression=packing)
    data = bytearray(file.getvalue())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(range(7, 47))
    if isinstance(library, Pillow) and packing == "group3":  # what libtiff says of fax rows Pillow drops
        assert decoded(bytes(data)).shape == (60, 60, 3)
        return
    with pytest.raises(DataError, match=r"corrupt or truncated \([^)]") as caught:
        decoded(bytes(data))
    assert "memory" not in str(caught.value)


def test_samples_of_which_nothing_is_said_are_refused(picture, write_tiff) -> None:
    with pytest.raises(DataError, match="5 samples a pixel, 2 of which are no colours and nothing says what they are"):
        read_tiff(write_tiff(np.dstack([picture, picture[:, :, :1]]), RGB))
    with pytest.raises(DataError, match="corrupt: 2 samples a pixel, where its colours have 3"):
        read_tiff(write_tiff(picture[:, :, :2], RGB))
