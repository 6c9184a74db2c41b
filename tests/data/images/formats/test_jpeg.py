"""JPEG: read where nothing is lost, refused where pixels are."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from nnlab.core.errors import DataError
from nnlab.data.images.formats.jpeg import read_jpeg
from nnlab.data.pool import for_each

XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="3"/></x:xmpmeta>'


def judged(file: bytes) -> np.ndarray:
    """As Pillow reads it."""
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def exif(turn: int | None) -> bytes:
    said = Image.Exif()
    said[271] = "maker"
    if turn:
        said[274] = turn
    return said.tobytes()


def changed(file: bytes, name: str) -> bytes:
    """A sound file with something that decoders mind, and that costs no pixel."""
    start, scan = file[:20], file.index(b"\xff\xda")
    last = scan + 2 + struct.unpack_from(">H", file, scan + 2)[0]
    return {
        "end of spectrum 0": file[: last - 2] + b"\0" + file[last - 1 :],
        "approximation 1": file[: last - 1] + b"\1" + file[last:],
        "JFIF 2.01": file.replace(b"JFIF\0\1\1", b"JFIF\0\2\1"),
        "no JFIF": file[:2] + file[20:],
        "stray bytes between segments": start + b"\0\0stray\xff\0" + file[20:],
        "fill bytes": start + b"\xff\xff\xff" + file[20:],
        "stray bytes before the end": file[:-2] + b"\1\2\3\4" + file[-2:],
        "bytes after the end": file + b"\0" * 999,
        "no end": file[:-2],
        "half a colour profile": start + segment(0xE2, b"ICC_PROFILE\0\5\2half") + file[20:],
        "an unknown segment": start + segment(0xEF, b"what") + file[20:],
    }[name]


@pytest.mark.parametrize("restarts", [0, 2], ids=["", "restarts"])
@pytest.mark.parametrize(
    "name",
    [
        *("end of spectrum 0", "approximation 1", "JFIF 2.01", "no JFIF", "stray bytes between segments"),
        *("fill bytes", "stray bytes before the end", "bytes after the end", "no end", "half a colour profile"),
        "an unknown segment",
    ],
)
def test_what_decoders_only_warn_of_is_read(name: str, restarts: int, picture, decoded, saved) -> None:
    sound = saved(picture[:, :, :3], "JPEG", restart_marker_blocks=restarts)
    np.testing.assert_array_equal(decoded(changed(sound, name)), judged(sound))


@pytest.mark.parametrize("kind", [{}, {"progressive": True}, {"restart_marker_blocks": 1}])
@pytest.mark.parametrize("share", [0.97, 0.9, 0.8])
@pytest.mark.parametrize("end", [b"", b"\xff\xd9"], ids=["cut", "with an end"])
def test_lost_pixels_are_not(kind, share: float, end: bytes, picture, decoded, saved) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    file = saved(noise, "JPEG", **kind)
    if kind.get("progressive") and end:
        end = b""  # a missing scan with an end marker behind it is a whole picture of less detail
    with pytest.raises(DataError, match="truncated"):
        decoded(file[: int(len(file) * share)] + end)


def test_lost_pixels_are_not_hidden_by_stray_bytes(decoded, saved) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    file = saved(noise, "JPEG")
    for name in ("stray bytes between segments", "JFIF 2.01", "end of spectrum 0", "half a colour profile"):
        with pytest.raises(DataError, match="premature end"):
            decoded(changed(file, name)[: len(file) * 2 // 3] + b"\xff\xd9")


@pytest.mark.parametrize("kind", ["RGB", "CMYK", "L"])
def test_pixels_lost_in_the_last_rows_are_not_hidden(kind: str, picture, decoded) -> None:
    file = io.BytesIO()
    Image.fromarray(picture[:, :, :3]).convert(kind).save(file, "JPEG")
    with pytest.raises(DataError, match="premature end of data segment"):
        decoded(file.getvalue()[:-8] + b"\xff\xd9")


def test_a_sound_file_is_not_blamed_for_others_beside_it(picture, library, saved) -> None:
    sound = saved(picture[:, :, :3], "JPEG")
    lost, stray, expected = sound[:-8] + b"\xff\xd9", sound[:-2] + b"\1\2\3" + sound[-2:], judged(sound)
    refused, read = [], []

    def work(index: int) -> None:
        try:
            pixels = library.pixels(library.decode((sound, lost, stray)[index % 3]))
            read.append((index % 3, np.array_equal(pixels, expected)))
        except DataError:
            refused.append(index % 3)

    for_each(120, work, workers=4)
    assert sorted(refused) == [1] * 40
    assert sorted(read) == [(0, True)] * 40 + [(2, True)] * 40


def test_a_picture_within_a_damaged_header_is_not_taken_for_the_picture(picture, saved) -> None:
    file, small = saved(picture[:, :, :3], "JPEG"), saved(picture[:5, :5, :3].copy(), "JPEG")
    damaged = file[:2] + b"\xff\xe1\x00\x08Exif\0\0" + small + file[2:]  # its length leaves the thumbnail out
    with pytest.raises(DataError, match="header is damaged"):
        read_jpeg(damaged)


def test_of_several_exif_blocks_the_first_counts(picture, decoded, saved) -> None:
    file = saved(picture[:, :, :3], "JPEG")
    two = file[:2] + segment(0xE1, exif(6)) + segment(0xE1, exif(3)) + file[2:]
    np.testing.assert_array_equal(decoded(two), np.rot90(judged(file), -1))


@pytest.mark.parametrize(
    ("segments", "turns"),
    [
        ([b"http://ns.adobe.com/xap/1.0/\0" + XMP], 2),
        ([b"http://ns.adobe.com/xap/1.0/\0" + XMP.decode().encode("utf-16-le")], 2),
        ([exif(None), b"http://ns.adobe.com/xap/1.0/\0" + XMP], 2),
        ([b"http://ns.adobe.com/xap/1.0/\0" + XMP, exif(6)], -1),
        ([exif(1), b"http://ns.adobe.com/xap/1.0/\0" + XMP], 0),
        ([b"Exif\0\0damaged", b"http://ns.adobe.com/xap/1.0/\0" + XMP], 2),
    ],
    ids=["xmp", "utf-16", "exif says nothing", "exif first", "exif says upright", "damaged exif"],
)
def test_xmp_turns_it_where_exif_says_nothing(segments, turns: int, picture, decoded, saved) -> None:
    file = saved(picture[:, :, :3], "JPEG")
    marked = file[:2] + b"".join(segment(0xE1, content) for content in segments) + file[2:]
    np.testing.assert_array_equal(decoded(marked), np.rot90(judged(file), turns))


@pytest.mark.parametrize("name", ["cmyk", "ycck", "cmyk without Adobe", "rgb", "grey", "progressive", "4:4:4", "mpo"])
def test_colours_are_those_that_an_independent_decoder_gives(name: str, picture, decoded, saved) -> None:
    image = Image.fromarray(picture[:, :, :3])
    file = io.BytesIO()
    image = image.convert({"cmyk": "CMYK", "ycck": "CMYK", "cmyk without Adobe": "CMYK", "grey": "L"}.get(name, "RGB"))
    options = {"rgb": {"keep_rgb": True}, "progressive": {"progressive": True}, "4:4:4": {"subsampling": 0}}
    options["mpo"] = {"save_all": True, "append_images": [image.resize((9, 9))]}
    image.save(file, "MPO" if name == "mpo" else "JPEG", **options.get(name, {}))
    encoded = file.getvalue()
    adobe = encoded.find(b"\xff\xee")
    if name == "ycck":
        encoded = encoded[: adobe + 15] + b"\2" + encoded[adobe + 16 :]
    if name == "cmyk without Adobe":
        encoded = encoded[:adobe] + encoded[adobe + 16 :]
    difference = np.abs(decoded(encoded).astype(int) - judged(encoded))
    assert difference.max() <= (1 if "c" in name else 0)  # inks: a product is rounded here, cut there
