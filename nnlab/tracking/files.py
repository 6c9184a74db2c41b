"""Files that are whole or not there at all, and JSON that any reader takes."""

import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import numpy as np

from nnlab.core.errors import DataError, RunError
from nnlab.core.reading import open_file, parsed
from nnlab.tracking.fields import Kind, require

MOST_NAME = 255
"""Bytes of a file's name, on every system in use."""


def plain(value: Any) -> Any:
    """A value as JSON knows it: NumPy numbers and arrays as numbers and lists, what is not finite as null."""
    kind = type(value)
    if kind is float:  # most of what a run writes
        return value if math.isfinite(value) else None
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is dict:
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, str):
        return value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    raise TypeError(f"no JSON for {type(value).__name__}")


LINES = json.JSONEncoder(allow_nan=False)
"""Made once: an epoch of a small network takes little longer than some of them."""


def to_json(value: Any, *, indent: int | None = None) -> str:
    """JSON text of finite numbers and nulls; what is not finite becomes null. Text that is no Unicode is escaped."""
    return (LINES if indent is None else json.JSONEncoder(allow_nan=False, indent=indent)).encode(plain(value))


IN_RUNS = "free some space, or write elsewhere with --runs-dir"
"""What to do where a run cannot be written."""


@contextmanager
def writing(path: Path, *, hint: str = IN_RUNS) -> Iterator[None]:
    """Turns a failure to write at `path` into one line. Raises RunError: naming the path and the system's reason."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot write ({reason[:1].lower()}{reason[1:]})", where=str(path), hint=hint) from error


def write_whole(path: Path, content: str | bytes, *, hint: str = IN_RUNS) -> None:
    """Writes a file so that a reader sees the old one or the new one, never half of it, whatever happens meanwhile.

    Options:  hint: what to do where it cannot be written.
    Raises:  RunError: when it cannot be written; then the old file is as it was.
    """
    write_pieces(path, [content.encode() if isinstance(content, str) else content], hint=hint)


def write_pieces(path: Path, pieces: Iterable[bytes | memoryview], *, hint: str = IN_RUNS) -> None:
    """The same of content that is made piece by piece, so that memory never holds it all."""
    with writing(path, hint=hint), draft_at(path.parent) as (draft, file):
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        draft.replace(path)


def fitting_name(name: str, ending: str) -> str:
    """name + ending, where file systems take that; of a longer name the beginning, and what tells it from others."""
    whole = os.fsencode(name + ending)
    if len(whole) <= MOST_NAME:
        return name + ending
    mark = f"-{hashlib.sha256(whole).hexdigest()[:8]}{ending}"
    return os.fsencode(name)[: MOST_NAME - len(mark.encode())].decode(errors="ignore") + mark


def draft_name(path: Path) -> Path:
    """A hidden name beside `path` that nobody can foresee, and that is short whatever the other's length."""
    return path.with_name(f".{os.getpid()}-{os.urandom(4).hex()}.part")


@contextmanager
def draft_at(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in a folder, removed at the end unless it got another name. It is never one that was there already,
    nor what a link leads to."""
    draft = draft_name(folder / "draft")
    with draft.open("xb") as file:
        try:
            yield draft, file
        finally:
            draft.unlink(missing_ok=True)


class Lines:
    """A JSON Lines file that grows while a run goes on; every line is on disk, whole, when `add` returns."""

    def __init__(self, path: Path):
        self.path = path
        with writing(path):
            self._file = path.open("ab", buffering=0)

    def add(self, *records: Mapping[str, Any]) -> None:
        """Appends one line per record, all of them or none. Raises RunError: when the disk takes no more."""
        self.write("".join(f"{to_json(record)}\n" for record in records))

    def write(self, text: str) -> None:
        """Appends text, all of it or none."""
        self.append(text.encode())

    def append(self, data: bytes) -> None:
        """Appends bytes, all of them or none. Raises RunError: when the disk takes no more."""
        whole = self._file.seek(0, os.SEEK_END)
        with writing(self.path):
            try:
                while data:
                    data = data[self._file.write(data) :]
            except BaseException:
                self._file.truncate(whole)
                raise

    def sync(self) -> None:
        """Returns when what was written would outlive the machine's sudden end."""
        with writing(self.path):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Ends the file."""
        self._file.close()


def read_lines(
    path: Path, fields: Mapping[str, Kind] | None = None, optional: Mapping[str, Kind] | None = None
) -> list[dict[str, Any]]:
    """The records of a JSON Lines file; none when there is no file. A last line that a crash cut off is left out.

    Options:  fields, optional: what every record has, or may have.
    Raises:   DataError: when it cannot be read, or a record is not what it should be.
    """
    return list(each_line(path, fields, optional))


def each_line(
    path: Path, fields: Mapping[str, Kind] | None = None, optional: Mapping[str, Kind] | None = None
) -> Iterator[dict[str, Any]]:
    """The same one after the other, so that memory never holds them all."""
    try:
        with open_file(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip() and line.endswith(b"\n"):
                    record = _record(line, number, path)
                    yield require(record, fields or {}, where=f"{path}: line {number}", optional=optional)
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=str(path)) from None


def _record(line: bytes, number: int, path: Path) -> Any:
    try:
        return parsed(json.loads, line.decode())
    except ValueError as error:
        raise DataError(f"line {number} is damaged ({error})", where=str(path)) from None
