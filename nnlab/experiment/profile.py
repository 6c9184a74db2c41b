"""Where the time of a training goes, call by call."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnlab.core.errors import RunError
from nnlab.tracking.files import write_whole

LOG = logging.getLogger("nnlab.run")

INTERVAL = 0.005
"""Seconds between looks at what runs: far below a percent of the time, and a profile of hours still fits in memory."""

FILE = "profile.html"


class Profile:
    """Looks at what the calling thread does, many times a second (pyinstrument); work that other threads share is seen
    where it is waited for.

    Options:  asked: whether it is wanted; else all of this does nothing.
    """

    def __init__(self, asked: bool):
        self._profiler = None
        if asked:
            from pyinstrument import Profiler

            self._profiler = Profiler(interval=INTERVAL, async_mode="disabled")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Looks while the block runs."""
        if self._profiler is None:
            yield
            return
        with self._profiler:
            yield

    def write(self, folder: Path) -> None:
        """Writes profile.html, one page that needs no network. One that cannot be made is a warning."""
        if self._profiler is None:
            return
        try:
            write_whole(folder / FILE, self._profiler.output_html())
        except Exception as error:  # a profiler's fault, or a full disk: the run is whole without
            said = error.what if isinstance(error, RunError) else type(error).__name__
            LOG.warning("%s: the profile is left out (%s)", folder / FILE, said)
