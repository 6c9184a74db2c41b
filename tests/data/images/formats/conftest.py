"""Files written byte by byte, so that their values are known and no library's choices stand between."""

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.data.images.base import ImageLibrary

Tag = tuple[int, int, Sequence[int]]


@pytest.fixture
def picture() -> np.ndarray:
    """(21, 34, 4) values that no turn or mirror leaves as they were; nowhere wholly transparent."""
    y, x = np.mgrid[0:21, 0:34]
    return np.stack([x * 7, y * 11, 255 - x * 5 - y * 2, x * 5 + y + 20], axis=2).astype(np.uint8)


@pytest.fixture
def decoded(library: ImageLibrary) -> Callable[[bytes], np.ndarray]:
    """The pixels that each image library makes of a file."""
    return lambda encoded: library.pixels(library.decode(encoded))


@pytest.fixture
def saved() -> Callable[..., bytes]:
    """A file as Pillow writes it."""

    def save(pixels: np.ndarray, format: str, **options: Any) -> bytes:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, format, **options)
        return file.getvalue()

    return save


def packed(samples: np.ndarray, bits: int, order: str) -> bytes:
    """Rows of samples, each row beginning with a byte of its own."""
    rows = samples.reshape(len(samples), -1)
    if bits >= 8:
        return rows.astype(f"{order}u{bits // 8}").tobytes()
    ones = np.unpackbits(rows.astype(np.uint8)[:, :, None], axis=2)[:, :, 8 - bits :].reshape(len(rows), -1)
    return np.packbits(ones, axis=1).tobytes()


@pytest.fixture
def write_png() -> Callable[..., bytes]:
    """A PNG of samples (height, width, channels), of a colour type, with chunks before the pixels."""

    def write(samples: np.ndarray, kind: int, bits: int = 8, chunks: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
        def chunk(name: bytes, content: bytes) -> bytes:
            return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

        rows = b"".join(b"\0" + packed(row[None], bits, ">") for row in samples)
        head = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits, kind, 0, 0, 0)
        parts = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)

    return write


@pytest.fixture
def write_tiff() -> Callable[..., bytes]:
    """A TIFF of samples (height, width, samples); `tags` are added or replaced, those without values left out."""

    def write(
        samples: np.ndarray, photometric: int, *tags: Tag, bits: int = 8, apart: bool = False, order: str = "<"
    ) -> bytes:
        height, width, count = samples.shape
        planes = [samples[:, :, place : place + 1] for place in range(count)] if apart else [samples]
        data, offsets, lengths = b"", [], []
        for plane in planes:
            offsets.append(8 + len(data))
            strip = packed(plane, bits, order)
            lengths.append(len(strip))
            data += strip + b"\0" * (len(strip) % 2)
        fields = {256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * count), 259: (3, [1])}
        fields |= {262: (3, [photometric]), 273: (4, offsets), 277: (3, [count]), 278: (4, [height])}
        fields |= {279: (4, lengths), 284: (3, [2 if apart else 1])} | {tag: (kind, said) for tag, kind, said in tags}
        fields = {tag: field for tag, field in fields.items() if field[1]}
        at, entries, values = 8 + len(data), b"", b""
        after = at + 2 + 12 * len(fields) + 4
        for tag, (kind, said) in sorted(fields.items()):
            raw = struct.pack(f"{order}{len(said)}{ {1: 'B', 3: 'H', 4: 'I'}[kind] }", *said)
            place = raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack(order + "I", after + len(values))
            entries += struct.pack(order + "HHI", tag, kind, len(said)) + place
            values += raw + b"\0" * (len(raw) % 2) if len(raw) > 4 else b""
        head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", at)
        return head + data + struct.pack(order + "H", len(fields)) + entries + b"\0" * 4 + values

    return write
