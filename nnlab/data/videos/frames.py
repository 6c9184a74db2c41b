"""Frames of a video as pixels, decoded one after the other: one is in memory at a time, however long the video is."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.core.types import Pixels
from nnlab.data.images.header import MAX_PIXELS
from nnlab.data.videos.container import HINT, opened, require_av

LATE_SECONDS = 1.0
"""By how much the last frame may be earlier than its packet said: packets without a time are counted by their order."""


def frames(path: Path, wanted: Sequence[float]) -> Iterator[Pixels]:
    """The frame that is shown at each of these moments, which rise; upright.

    Shapes:  each: (height, width, 3) uint8
    Raises:  DataError: naming the file, at the first that cannot be decoded.  MissingError: without PyAV.
    """
    left = list(reversed(wanted))
    with opened(path) as (container, stream):
        tick = float(stream.time_base or 0.0)
        if left and len(wanted) == 1:  # from the key frame before it, not from the beginning
            container.seek(max(0, int(left[-1] / tick)) if tick else 0, stream=stream)
        last: Any = None
        for frame in container.decode(stream):
            last = frame
            while left and _time(frame) >= left[-1] - tick / 2:
                yield _pixels(frame, path)
                left.pop()
            if not left:
                return
        while last is not None and left and _time(last) >= left[-1] - LATE_SECONDS:
            yield _pixels(last, path)
            left.pop()
    if left:
        raise DataError(f"ends before its frame at {left[-1]:.3f} s", where=printable(path), hint=HINT)


def _time(frame: Any) -> float:
    stamp = frame.dts if frame.pts is None else frame.pts
    return float(stamp * frame.time_base) if stamp is not None else float("-inf")


def _pixels(frame: Any, path: Path) -> Pixels:
    if frame.width * frame.height > MAX_PIXELS:
        what = f"has frames of {frame.width:,} x {frame.height:,} pixels (at most {MAX_PIXELS:,})"
        raise DataError(what, where=printable(path))
    return upright(frame.to_ndarray(format="rgb24"), getattr(frame, "rotation", 0))


def upright(pixels: Pixels, degrees: float) -> Pixels:
    """The frame as a player shows it. Options:  degrees: by how much it is to be turned to the left."""
    return np.ascontiguousarray(np.rot90(pixels, round(degrees / 90) % 4))


def frame_size(path: Path) -> tuple[int, int]:
    """Width and height of its frames. Raises as `frames`."""
    with opened(path) as (_, stream):
        return stream.codec_context.width, stream.codec_context.height


def digest_of(path: Path) -> bytes:
    """Of all that pixels are made of: the file's bytes, read piece by piece, and what decodes them."""
    av, whole = require_av(path), hashlib.sha256()
    try:
        with open_file(path) as file:
            while piece := file.read(1 << 20):
                whole.update(piece)
    except OSError as error:
        return hashlib.sha256(b"unreadable: " + str(error).encode()).digest()
    whole.update(repr(sorted(av.library_versions.items())).encode())
    return whole.digest()
