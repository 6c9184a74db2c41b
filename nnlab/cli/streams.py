"""Standard streams that break or fill: what a command does goes on, only what it says is lost."""

import errno
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nnlab.core.errors import RunError


class Lenient(io.RawIOBase):
    """A stream that takes everything; from the first failure on it passes nothing on. `failure` says what failed.

    A pipe whose reader went away (`nnlab components | head -1`), a full disk, a terminal that was closed.
    """

    def __init__(self, raw: Any):
        self._raw = raw
        self.failure: OSError | None = None

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """That of the stream below."""
        return int(self._raw.fileno())

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return bool(self._raw.isatty())

    def write(self, data: Any) -> int | None:
        """How many bytes were taken."""
        if self.failure is None:
            try:
                written: int | None = self._raw.write(data)
                return written
            except OSError as error:
                self.failure = error
        return len(data)


@contextmanager
def lenient_streams() -> Iterator[Lenient | None]:
    """Within, writing to stdout and stderr never fails. Gives stdout's; None where that is not one of the system's."""
    before = sys.stdout, sys.stderr
    found = {name: _lenient(getattr(sys, name)) for name in ("stdout", "stderr")}
    for name, text in found.items():
        if text is not None:
            setattr(sys, name, text)
    out = found["stdout"]
    try:
        yield None if out is None else out.buffer.raw
    finally:
        for text in found.values():
            if text is not None:
                text.flush()
        sys.stdout, sys.stderr = before


def lost_results(stream: Lenient | None) -> RunError | None:
    """Why results did not reach stdout; None when they did, or when their reader has had enough."""
    failure = stream.failure if stream else None
    if failure is None or failure.errno == errno.EPIPE:
        return None
    return RunError(f"cannot write the results ({(failure.strerror or str(failure)).lower()})", where="stdout")


def is_lost(stream: Any) -> bool:
    """Whether what is written to a stream reaches nobody any more."""
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return isinstance(raw, Lenient) and raw.failure is not None


def _lenient(stream: Any) -> Any:
    """The same stream, lenient; None when it is not one of the system's but somebody's own.

    What its encoding lacks is written as an escape: a picture's name does not end a command where stdout is ASCII.
    """
    raw = getattr(getattr(stream, "buffer", None), "raw", getattr(stream, "buffer", None))
    if type(stream) is not io.TextIOWrapper or not isinstance(raw, io.FileIO):
        return None
    stream.flush()
    buffer: Any = io.BufferedWriter(Lenient(raw))
    return io.TextIOWrapper(
        buffer,
        encoding=stream.encoding,
        errors="backslashreplace" if stream.errors == "strict" else stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
