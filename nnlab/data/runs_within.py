"""Runs that lie in a dataset's folder, where `nnlab train .` leaves them: their figures are no images of a class."""

import os
import re

from nnlab.data.names import has_pictures

RUN = re.compile(r"\d{8}-\d{6}-.+-[0-9a-f]{8}(-\d+)?")
"""The name of a run's folder: <date>-<time>-<exp-id>-<hash>, and -2 for the second within a second."""


def is_of_runs(folder: "os.DirEntry[str]") -> bool:
    """Whether a folder is a run, a link to one (`latest`), or holds runs and no images of its own."""
    if RUN.fullmatch(folder.name):
        return True
    try:
        if folder.is_symlink() and RUN.fullmatch(os.path.basename(os.readlink(folder.path))):  # noqa: PTH115, PTH119
            return True
        return _holds_runs(folder.path)
    except OSError:  # who looks into it will say so
        return False


def _holds_runs(path: str) -> bool:
    found = False
    with os.scandir(path) as entries:
        for entry in entries:
            if has_pictures(entry.name):
                return False
            found = found or bool(RUN.fullmatch(entry.name) and entry.is_dir())
    return found
