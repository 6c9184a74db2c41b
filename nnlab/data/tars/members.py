"""Members of a tar file by paths that lead into it: `shard-000.tar/0001.jpg`."""

import functools
import os
from collections.abc import Mapping
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.data.tars.headers import Member, members

ENDING = ".tar"


def index_of(tar: Path) -> Mapping[str, Member]:
    """The files in a tar file by their names, in their order; kept while the file stays as it is.

    Raises:  DataError: naming it, when it cannot be read, is none, is damaged, or has a name twice.
    """
    try:
        status = tar.stat()
        return _index(tar, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=printable(tar)) from error
    except DataError as error:
        raise DataError(error.what, where=printable(tar), hint=error.hint) from error


def tar_of(path: Path) -> Path | None:
    """The tar file that a path leads into; None where it leads into none."""
    return next((above for above in path.parents if above.suffix.lower() == ENDING and above.is_file()), None)


def is_member(path: Path) -> bool:
    """Whether a path leads to a member of a tar file.  Raises DataError: the tar file is damaged."""
    tar = tar_of(path)
    return tar is not None and path.relative_to(tar).as_posix() in index_of(tar)


def member_bytes(path: Path, tar: Path, most: int) -> bytes:
    """The bytes of a member.

    Options:  most: how many it may have.
    Raises:   DataError: there is none of that name, or it is larger.  OSError: it cannot be read.
    """
    member = index_of(tar).get(path.relative_to(tar).as_posix())
    if member is None:
        raise DataError(f"{printable(tar.name)} has no such member")
    if member.size > most:
        raise DataError(f"too large: {member.size:,} bytes (at most {most:,})")
    with open_file(tar) as file:
        content = os.pread(file.fileno(), member.size, member.offset)
    if len(content) < member.size:
        raise DataError(f"truncated: {printable(tar.name)} has become shorter")
    return content


@functools.lru_cache(maxsize=8)  # pictures are read file by file, and what a large set holds would take much memory
def _index(tar: Path, *state: int) -> Mapping[str, Member]:
    found: dict[str, Member] = {}
    with open_file(tar) as file:
        for member in members(file, state[-1]):
            if member.name in found:
                raise DataError(f"has two members of the name {printable(member.name)}")
            found[member.name] = member
    return found
