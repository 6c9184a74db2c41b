"""How far an inference is, on stderr: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_SECONDS = 5.0
"""How long there is no further line where there is no terminal; shorter work has none."""

Advance = Callable[[int, int], None]
"""Called as advance(pictures done, pictures in all)."""


@contextmanager
def watching(count: int, *, quiet: bool, noun: str = "pictures") -> Iterator[Advance]:
    """What is told how far the work is, for as long as it lasts. Options:  noun: what is counted."""
    if quiet or count < 2:
        yield lambda done, total: None
    elif sys.stderr.isatty():
        with _bar(count, noun) as advance:
            yield advance
    else:
        yield _Lines(noun)


class _Lines:
    def __init__(self, noun: str) -> None:
        self._noun, self._last = noun, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= EVERY_SECONDS:
            self._last = now
            print(f"{done} of {total} {self._noun}", file=sys.stderr, flush=True)


@contextmanager
def _bar(count: int, noun: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(noun), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=8) as bars:
        task = bars.add_task(noun, total=count)
        yield lambda done, total: bars.update(task, completed=done, total=total)
