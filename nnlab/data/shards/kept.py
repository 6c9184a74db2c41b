"""Sets of shards in the cache folder: found again by what they were made of, removed when room is wanted."""

import contextlib
import json
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.core.errors import ResourceError
from nnlab.core.folders import cache_dir
from nnlab.core.printing import printable
from nnlab.core.truth import Truth
from nnlab.data.cache import Prepared, checked_line, line_with_checksum, unpacked_truths
from nnlab.data.shards.masks import Masks
from nnlab.data.shards.row_files import RowFiles
from nnlab.data.shards.writer import checksums

LOG = logging.getLogger("nnlab.data")

LAYOUT = "nnlab shards 1"
"""What the file `about` starts with: changed when the layout changes.

Then a line of JSON after its checksum: the rows, their shape, how many lie in a file, the checksum of each file; then
truths that moved with the pixels (boxes, points).
"""

YOUNG_SECONDS = 60
"""A folder in the making as young as that may not be locked yet by who makes it."""


def folder_of_shards() -> Path:
    """Where they lie."""
    return cache_dir() / "shards"


def has(name: str) -> bool:
    """Whether there is a set of that name; it is not opened."""
    return (folder_of_shards() / name / "about").is_file()


def fetch(name: str) -> Prepared | None:
    """The set of that name, every byte checked; None when there is none, or it is damaged (said in one warning)."""
    folder = folder_of_shards() / name
    try:
        found = opened(folder, name)
        with contextlib.suppress(OSError):  # a folder that may only be read
            os.utime(folder)  # used now: among the last to go
        return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = f"cannot be read ({error.strerror or error})"
    except (ValueError, KeyError, TypeError, AttributeError, MemoryError) as error:
        why = f"cannot be used ({error})"
        _remove(folder)  # another is made, and takes its name
    LOG.warning("%s: the prepared set %s; images are prepared anew", printable(folder), why)
    return None


def opened(folder: Path, name: str | None, *, check: bool = True) -> Prepared:
    """A set that lies in a folder.  Raises OSError, ValueError, KeyError, TypeError: it cannot be read, or is none."""
    with (folder / "about").open("rb") as file:
        if file.readline() != LAYOUT.encode() + b"\n":
            raise ValueError("not a set of shards")
        about = checked_line(file.readline())
        if about["name"] != name:
            raise ValueError("the shards of other files")
        truths: Sequence[Truth] = unpacked_truths(about.get("truths"), file.read())
    pixels = _row_files(folder, about["pixels"], check=check)
    if about["masks"] is not None:
        truths = Masks(_row_files(folder, about["masks"], check=check))
    return Prepared(pixels, {int(at): reason for at, reason in about["faults"].items()}, True, truths=truths)


def write_about(folder: Path, about: Mapping[str, Any], truths: bytes) -> None:
    """What the folder holds, last of all."""
    line = line_with_checksum(json.dumps(about).encode())
    (folder / "about").write_bytes(LAYOUT.encode() + b"\n" + line + truths)


@contextlib.contextmanager
def being_made(size: int) -> Iterator[Path]:
    """A folder for a set of that many bytes; what is still there at the end is removed.

    Older sets go where the disk has not twice the room for all of them.

    Raises:  ResourceError: there is no room on the disk, or it cannot be written.
    """
    import tempfile  # takes a while, and hardly any set is this large

    folder, made = folder_of_shards(), None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _make_room(folder, size)
        made = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
        lock = _lock(made)
        try:
            yield made
        finally:
            os.close(lock)
    except OSError as error:
        free = _free(folder)
        hint = "free some, or name another folder by NNLAB_CACHE_DIR; a larger --data-memory holds the set in memory"
        what = f"no place for {size:,} bytes of prepared pictures ({error.strerror or error}; {free:,} bytes are free)"
        raise ResourceError(what, where=printable(folder), hint=hint) from error
    finally:
        if made is not None:
            _remove(made)


def place_at(folder: Path, name: str) -> Path:
    """Gives a set that is made its name, and says where it is; where another process was quicker, its set stays."""
    place = folder_of_shards() / name
    try:
        folder.rename(place)
    except OSError:
        if not has(name):  # half of one, which somebody was killed over
            _remove(place)
            folder.rename(place)
    return place


def _row_files(folder: Path, table: Mapping[str, Any], *, check: bool) -> RowFiles:
    files = [folder / Path(name).name for name in table["files"]]
    rows, each, shape = int(table["rows"]), int(table["each"]), tuple(map(int, table["shape"]))
    if check and checksums(files) != table["crc32"]:
        raise ValueError("damaged: the checksum of its pixels is wrong")
    return RowFiles(files, rows, each, shape)


def _lock(folder: Path, *, wait: bool = True) -> int:
    """Raises BlockingIOError: another process has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        import fcntl  # not on every system

        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(handle)
        raise
    except (OSError, ImportError):  # no locks there
        pass
    return handle


def _make_room(folder: Path, size: int) -> None:
    """Removes what a process that was killed left, and the sets that were not used for longest."""
    kept = []
    for path in folder.iterdir():
        with contextlib.suppress(OSError):  # another process tidies as well
            status = path.stat()
            if not path.name.startswith("making-"):
                kept.append((status.st_mtime, sum(file.stat().st_size for file in path.iterdir()), path))
            elif time.time() - status.st_mtime > YOUNG_SECONDS:
                os.close(_lock(path, wait=False))
                _remove(path)
    total = sum(each for _, each, _ in kept)
    most = (_free(folder) + total) // 2
    for _, each, path in sorted(kept):
        if total + size <= most:
            return
        LOG.info("%s: removed, to have room for another prepared set", printable(path))
        _remove(path)
        total -= each


def _remove(folder: Path) -> None:
    """A folder with all that is in it, as far as that may be."""
    import shutil  # as tempfile

    shutil.rmtree(folder, ignore_errors=True)


def _free(folder: Path) -> int:
    import shutil  # as tempfile

    there = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(there).free
