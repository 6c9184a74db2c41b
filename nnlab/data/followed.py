"""A folder that is followed: its pictures as they come, each as soon as it is whole."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nnlab.core.errors import DataError, ResourceError
from nnlab.core.printing import printable
from nnlab.data.images.header import file_bytes, read_header
from nnlab.data.names import is_image
from nnlab.data.pictures import Names, Picture, is_product, picture_at
from nnlab.data.walk import files_within

EVERY_S = 0.2
"""How often the folder is looked at."""

SHARE = 10
"""Between two looks there is at least so many times what one takes: following a large folder is no work of its own."""

PATIENCE_S = 2.0
"""How long a file that is no whole picture, and does not change, may still become one."""

FAILURES = 5
"""Looks that may fail in a row: folders in it come and go, also while it is looked at."""

sleep = time.sleep


@dataclass(frozen=True)
class _File:
    """A file as it was when it was looked at last. Options:  since: when it became so.  given: whether it was given."""

    size: int
    changed: int
    number: int
    since: float
    given: bool = False

    def same(self, other: "_File") -> bool:
        return (self.size, self.changed, self.number) == (other.size, other.changed, other.number)


class Followed:
    """The pictures of a folder: those that are there, then those that come, and again those that change.

    A file is given when it was the same at two looks, and its format shows that it is whole. One that does not become a
    picture within PATIENCE_S is given all the same: whoever decodes it will say what is wrong.

    Options:  now: the clock.
    Raises:   DataError: there is no such folder.
    """

    def __init__(self, folder: Path, *, now: Callable[[], float] = time.monotonic):
        self.folder, self._now = folder, now
        if not folder.is_dir():
            what = "a file, not a folder" if folder.exists() else "there is no such folder"
            raise DataError(what, where=printable(folder), hint="--watch follows a folder; make it first")
        self._files: dict[Path, _File] = {}
        self._names, self._named = Names(), dict[Path, str]()

    def __iter__(self) -> Iterator[list[Picture]]:
        """Those that each look finds, often none, for ever.

        Raises:  DataError: the folder is gone, or cannot be read.
        """
        failed = 0
        while True:
            began = self._now()
            try:
                found = self.look()
                failed = 0
            except (DataError, OSError) as error:
                found, failed = [], failed + 1
                if failed == FAILURES or not self.folder.is_dir():
                    why = error.what if isinstance(error, DataError) else error.strerror
                    raise DataError(f"the folder is followed no longer ({why})", where=printable(self.folder)) from None
            took = self._now() - began
            yield found
            sleep(max(EVERY_S, SHARE * took))

    def look(self) -> list[Picture]:
        """The pictures that are whole now and were not given yet."""
        before, self._files, ready = self._files, {}, []
        for path in files_within(self.folder):
            if not is_image(path.name) or is_product(path.name):
                continue
            file = self._seen(path, before.get(path))
            if file is None:
                continue
            if not file.given and path in before and file is before[path] and self._is_ready(path, file):
                file = replace(file, given=True)
                ready.append(self._picture(path))
            self._files[path] = file
        return ready

    def _seen(self, path: Path, before: _File | None) -> _File | None:
        """The file as it is; what was known of it, where it did not change. None: it is gone already."""
        try:
            status = path.stat()
        except OSError:
            return None
        file = _File(status.st_size, status.st_mtime_ns, status.st_ino, self._now())
        return before if before is not None and before.same(file) else file

    def _is_ready(self, path: Path, file: _File) -> bool:
        if self._now() - file.since >= PATIENCE_S:
            return True
        try:
            read_header(file_bytes(path))
        except (DataError, ResourceError):
            return False
        return True

    def _picture(self, path: Path) -> Picture:
        if path not in self._named:
            self._named[path] = self._names.new(path.stem)
        return replace(picture_at(path), name=self._named[path])
