"""Mutated pictures through the image libraries, in a process of their own with bounds on memory and time.

    mutated_pictures.py --minutes=15 --seed=1              until the time is over
    mutated_pictures.py --count=100 --seed=7               so many, as the tests do
    mutated_pictures.py --show=1234 --seed=1               one again, with its traceback

A finding is whatever is no error of one line: another exception, a process that dies, one that does not end; and a
picture that two libraries read, differently. That one of them refuses a damaged file is none: it is counted.
Picture N of a seed is always the same one.
"""

import argparse
import io
import itertools
import random
import sys
import zlib

import numpy as np
from PIL import Image
from watching import Trial, campaign  # beside this script

SECONDS = 60.0
"""For one picture in all libraries: the time limit of a picture, for each, and the machine may be busy."""

BOUND = 3
"""In 255ths: how far conversions of colour by two libraries may part. Losses of damage are far above it."""

PNG = b"\x89PNG\r\n\x1a\n"
SIZES = (1, 7, 16, 33)
INTERESTING = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)


def corpus() -> list[bytes]:
    """Sound small pictures of every format that is written here, in the ways of each to hold samples."""
    found = []
    for size in SIZES:
        colours = np.random.default_rng(size).integers(0, 256, (size, size + 2, 4), dtype=np.uint8)
        rgba = Image.fromarray(colours)
        rgb, grey = rgba.convert("RGB"), rgba.convert("L")
        wide = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
        exif = Image.Exif()
        exif[274] = 6
        for picture in (rgba, rgb, grey, wide, rgb.quantize(16), grey.convert("1"), rgba.convert("LA")):
            found += [encoded(picture, "PNG"), encoded(picture, "PNG", exif=exif, dpi=(72, 72))]
        for picture in (rgb, grey, rgb.convert("CMYK")):
            found += [encoded(picture, "JPEG"), encoded(picture, "JPEG", exif=exif, progressive=True, quality=95)]
        for picture in (rgba, rgb, grey, wide, rgb.quantize(16), grey.convert("1"), rgb.convert("CMYK")):
            found += [encoded(picture, "TIFF", compression=way) for way in ("raw", "tiff_lzw", "packbits")]
        found += [encoded(rgba, "WEBP", lossless=True), encoded(rgb, "WEBP")]
        found += [encoded(rgb, "BMP"), encoded(rgb.quantize(16), "BMP"), encoded(rgb.quantize(16), "GIF")]
    return found


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a file."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, most of them near the start, where fields are; a piece taken out, doubled or cut off."""
    held = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        near = len(held) if rng.random() < 0.5 else min(len(held), 160)
        place = rng.randrange(max(near, 1))
        length = rng.randrange(1, 12)
        way = rng.randrange(6)
        if way == 0:
            held[place : place + 1] = bytes([held[place] ^ 1 << rng.randrange(8)])
        elif way == 1:
            held[place : place + 1] = bytes([rng.choice(INTERESTING)])
        elif way == 2:
            held[place : place + length] = rng.randbytes(length)
        elif way == 3:
            del held[place : place + length]
        elif way == 4:
            held[place:place] = held[place : place + length]
        else:
            del held[max(place, len(held) // 2) :]
        if not held:
            return b""
    return with_sums(bytes(held)) if rng.random() < 0.5 else bytes(held)


def with_sums(data: bytes) -> bytes:
    """A PNG with right check sums again, so that decoders read on into what was changed; other files as they are."""
    if not data.startswith(PNG):
        return data
    held, at = bytearray(data), len(PNG)
    while at + 12 <= len(held):
        end = at + 8 + int.from_bytes(held[at : at + 4], "big")
        if end + 4 > len(held):
            break
        held[end : end + 4] = zlib.crc32(held[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(held)


def tried(data: bytes) -> str:
    """Reads a picture with every library. What came of it; raises whatever is a finding."""
    from nnlab.core.errors import NnlabError
    from nnlab.data.images.magick import ImageMagick
    from nnlab.data.images.pillow import Pillow
    from nnlab.data.images.vips import Vips

    said, read = [], []
    for library in (Vips(), ImageMagick(), Pillow()):
        try:
            read.append(np.asarray(library.decode(data).pixels))
            said.append("read")
        except NnlabError as error:
            said.append(checked_line(error))
    for one, other in itertools.combinations(read, 2):
        assert one.shape == other.shape, f"shapes {one.shape} and {other.shape}"
        apart = int(np.abs(one.astype(int) - other).max())
        assert apart <= BOUND, f"pixels differ by {apart}"
    return " / ".join(said)


def checked_line(error: Exception) -> str:
    """What to count it as. Raises AssertionError: its text is not one line of characters that can be printed."""
    text = str(error)
    assert text.isprintable(), repr(text)
    assert 0 < len(text) < 1000, f"{len(text)} characters"
    return "refused"


def prepare(options: argparse.Namespace) -> Trial:
    """The trial of a number."""
    pictures = corpus()

    def trial(number: int, seed: int) -> str:
        rng = random.Random(f"{seed}/{number}")
        return tried(mutated(rng.choice(pictures), rng))

    return trial


def main() -> int:
    """Runs; exit 1 when something was found."""
    return campaign(argparse.ArgumentParser(), prepare, seconds=SECONDS, what="pictures")


if __name__ == "__main__":
    sys.exit(main())
