"""Opens what is really a file: nobody writes into a named pipe that lies about, and a device has no end."""

import codecs
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

MOST_TEXT = 64 << 20
"""Bytes of a text file that a person wrote or that describes a run: far more than any has."""

KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def open_file(path: str | Path) -> BinaryIO:
    """A regular file, opened for reading; a pipe, device or folder is not even opened.

    Raises:  OSError: as `open` does, and where it is no file ("a named pipe, not a file").
    """
    _require_file(path, Path(path).stat().st_mode)  # first: to open a device may already do something
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _require_file(path, os.fstat(handle).st_mode)  # again: it may have been exchanged
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _require_file(path: str | Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "something else")
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, f"{kind}, not a file", os.fspath(path))


def read_text(path: str | Path, *, most: int = MOST_TEXT) -> str:
    """The text of a UTF-8 file, or of a UTF-16 one where its byte order mark says so (PowerShell's); the mark left out.

    Raises:  OSError: it cannot be read, is no file, or has more than `most` bytes.  UnicodeDecodeError: not that.
    """
    with open_file(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most:,} bytes", os.fspath(path))
    return data.decode("utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")


def parsed(parse: Callable[[str], Any], text: str) -> Any:
    """What `json.loads` or `tomllib.loads` makes of a text. Raises ValueError: it is no such text, however wrong."""
    try:
        return parse(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
