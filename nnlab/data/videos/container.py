"""A video file, opened: of a format that its bytes say, and nothing but that file is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, MissingError
from nnlab.core.install import install_line
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.data.images.header import MAX_PIXELS

BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""What an MP4 or MOV file may begin with, after four bytes of its length."""


class BadVideo(DataError):
    """A file that is no video that can be read."""


HINT = "repair or remove it, or hide it by a name that starts with a dot"


def require_av(where: Path | None = None) -> Any:
    """PyAV's module. Raises MissingError: where it is not installed."""
    try:
        import av
    except ImportError:
        raise MissingError(
            "videos need PyAV",
            where=None if where is None else printable(where),
            hint=f"type: {install_line('video')}",
        ) from None
    return av


def format_of(head: bytes) -> str | None:
    """What FFmpeg calls the format of a file that begins so; None for any other.

    It is said to FFmpeg, which else would find out itself, and take a text that names other files for a video too.
    """
    if head[4:8] in BOXES:
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    return "matroska" if head[:4] == b"\x1a\x45\xdf\xa3" else None


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """The container and its first video stream. Whatever FFmpeg says of it within the block is an error of the file.

    Raises:  DataError: naming the file, when it is none that can be read.  MissingError: without PyAV.
    """
    av = require_av(path)
    try:
        with open_file(path) as file:
            head = file.read(16)
            file.seek(0)
            kind = format_of(head)
            if kind is None:
                what = "no video that is read (MP4, MOV, AVI, WebM, Matroska)" if head else "empty"
                raise BadVideo(what, where=printable(path), hint=HINT)
            with av.open(file, format=kind, metadata_errors="ignore") as container:
                if not container.streams.video:
                    raise BadVideo("has no pictures: it is sound alone", where=printable(path), hint=HINT)
                stream = container.streams.video[0]
                stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
                stream.codec_context.thread_count = 1  # files are shared out to threads already
                yield container, stream
    except av.error.FFmpegError as error:
        reason = str(error.strerror or error).lower()
        raise BadVideo(f"cannot be decoded ({reason})", where=printable(path), hint=HINT) from error
    except OSError as error:
        raise BadVideo(f"cannot be read ({error.strerror or error})", where=printable(path)) from error
