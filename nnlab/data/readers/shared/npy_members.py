"""The arrays of a .npz file: described by their heads, read whole or some rows at a time; no head is believed."""

import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.core.types import Array, Shape
from nnlab.data.readers.shared.filed_parts import row_blocks

ENDING = ".npy"

MOST_DEFLATED = 1032
"""Bytes that one packed byte can become, at most.  Source: zlib, "Technical Details", maximum compression factor."""

LOCAL_HEADER = struct.Struct("<26xHH")
"""Of what stands before a member's bytes, the lengths of its name and of what follows that."""


@dataclass(frozen=True, eq=False)
class Member:
    """An array, as its head says.

    Options:  key: its name.  fortran: whether it lies by columns.  start: where in the unpacked member it begins.
    """

    path: Path
    key: str
    entry: zipfile.ZipInfo
    shape: Shape
    dtype: np.dtype[Any]
    fortran: bool
    start: int

    @property
    def size(self) -> int:
        """Bytes of the whole array."""
        return self.dtype.itemsize * int(np.prod(self.shape, dtype=object))

    @property
    def begin(self) -> int | None:
        """Where in the file it lies as it is; None where it is packed."""
        if self.entry.compress_type != zipfile.ZIP_STORED:
            return None
        with _reading(self.path), open_file(self.path) as file:
            file.seek(self.entry.header_offset)
            header = file.read(LOCAL_HEADER.size)
            if len(header) < LOCAL_HEADER.size:
                raise EOFError("it ends within a header")
        name, extra = LOCAL_HEADER.unpack(header)
        return int(self.entry.header_offset + LOCAL_HEADER.size + name + extra + self.start)

    def blocks(self) -> Iterator[Array]:
        """Its rows in their order, some at a time; of one that lies by columns all at once.

        Raises:  DataError: it ends too early, has more than it says, or has another checksum.
        """
        rows, row_shape = (self.shape[0], self.shape[1:]) if self.shape and not self.fortran else (1, self.shape)
        with _opened(self.path, self.entry) as stream:
            stream.read(self.start)
            for data in row_blocks(stream, rows, self.size // max(1, rows)):
                block = np.frombuffer(data, self.dtype)
                yield block.reshape(self.shape, order="F") if self.fortran else block.reshape(-1, *row_shape)
            stream.read(1)  # the end, where the checksum is held against what was read

    def whole(self, most: int) -> Array:
        """All of it.  Raises DataError: as `blocks` does, and where it has more than so many bytes."""
        if self.size > most:
            raise DataError(f"{self.key} is too large: {self.size:,} bytes", where=printable(self.path))
        blocks = list(self.blocks())
        return (np.concatenate(blocks) if blocks else np.empty(0, self.dtype)).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class NpzFile:
    """The arrays of a file, by their names."""

    path: Path

    @cached_property
    def entries(self) -> Mapping[str, zipfile.ZipInfo]:
        """Where each lies.  Raises DataError: it is no .npz file."""
        with _reading(self.path), open_file(self.path) as file, zipfile.ZipFile(file) as archive:
            found = {entry.filename: entry for entry in archive.infolist() if entry.filename.endswith(ENDING)}
        return {printable(name.removesuffix(ENDING)): entry for name, entry in found.items()}

    def member(self, key: str) -> Member:
        """An array by its name.  Raises DataError: its head is none, or promises what cannot be there."""
        entry, where = self.entries[key], printable(self.path)
        deflated = entry.compress_type == zipfile.ZIP_DEFLATED
        if deflated and entry.file_size > entry.compress_size * MOST_DEFLATED:
            what = f"{key} cannot be: {entry.compress_size:,} packed bytes do not become {entry.file_size:,}"
            raise DataError(what, where=where)
        with _opened(self.path, entry) as stream:
            version = npy.read_magic(stream)
            if version not in ((1, 0), (2, 0)):
                raise ValueError(f"{key} has an NPY head of version {version[0]}.{version[1]}")
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = read(stream)
            start = stream.tell()
        if dtype.hasobject:
            what = f"has an array that cannot be read ({key}: an array of objects, which only pickle reads)"
            raise DataError(what, where=where)
        found = Member(self.path, key, entry, shape, dtype, fortran and len(shape) > 1, start)
        if any(side < 0 for side in shape) or found.size != entry.file_size - start:
            sides = " x ".join(map(str, shape))
            what = f"{key} has {entry.file_size - start:,} bytes, and its head says {sides} of {dtype}"
            raise DataError(what, where=where)
        return found


@contextmanager
def _opened(path: Path, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """A member, unpacked as it is read."""
    with (
        _reading(path),
        open_file(path) as file,
        zipfile.ZipFile(file) as archive,
        archive.open(entry) as stream,
    ):
        yield stream


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Whatever is met in a file as a DataError that names it."""
    where = printable(path)
    try:
        yield
    except DataError as error:
        raise DataError(error.what, where=error.where or where, hint=error.hint) from error
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
        raise DataError(f"truncated, or no .npz file ({error})", where=where) from error
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=where) from error
    except (ValueError, NotImplementedError, RuntimeError, MemoryError, tokenize.TokenError) as error:
        raise DataError(f"has an array that cannot be read ({printable(str(error))})", where=where) from error
