"""Which frames of a video are taken: the first of each slice of time, from the times of all, without decoding any."""

import functools
import math
from collections.abc import Sequence
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.videos.container import HINT, BadVideo, opened

EVERY = 1.0
"""Seconds of a slice where nobody says otherwise."""

MOST_FRAMES = 5_000_000
"""Frames of a video at most: two days of 30 a second."""

MOST_TAKEN = 50_000
"""Frames that are taken of a video at most."""


def moments(path: Path, every: float) -> tuple[float, ...]:
    """The seconds of the frames that are taken.

    Options:  every: seconds of a slice.
    Raises:   DataError: naming the file, when it cannot be read, or has too many.  MissingError: without PyAV.
    """
    try:
        status = path.stat()
    except OSError as error:  # a link that leads nowhere, say
        raise BadVideo(f"cannot be read ({error.strerror or error})", where=printable(path)) from error
    return _moments(path, every, status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=1024)
def _moments(path: Path, every: float, changed: int, size: int) -> tuple[float, ...]:
    """A dataset is found several times in a command; its videos are gone through once, while they stay as they are."""
    times = []
    with opened(path) as (container, stream):
        for packet in container.demux(stream):
            stamp = packet.dts if packet.pts is None else packet.pts
            if stamp is None or packet.is_discard:  # the end, or what a player does not show
                continue
            times.append(float(stamp * packet.time_base))
            if len(times) > MOST_FRAMES:
                raise DataError(f"has more than {MOST_FRAMES:,} frames", where=printable(path), hint="cut it")
    if not times:
        raise BadVideo("has no frames", where=printable(path), hint=HINT)
    taken = chosen(sorted(times), every)
    if len(taken) > MOST_TAKEN:
        raise DataError(
            f"gives {len(taken):,} pictures (at most {MOST_TAKEN:,})",
            where=printable(path),
            hint="take fewer with a greater --video-slices-sec",
        )
    return tuple(taken)


def chosen(times: Sequence[float], every: float) -> list[float]:
    """The first time of each slice [k every, (k + 1) every) since the first of all, in their order."""
    taken: list[float] = []
    last = -1
    for time in times:
        place = math.floor((time - times[0]) / every + 1e-6)  # 1e-6: times are rounded to ticks of the file's clock
        if place > last:
            taken.append(time)
            last = place
    return taken
