"""Runs that are to stay: a file `kept` in the folder protects it from `nnlab runs delete`."""

import os
import time
from pathlib import Path

from nnlab.tracking.files import write_whole, writing

FILE = "kept"


def keep(folder: Path) -> None:
    """Protects a run."""
    if not is_kept(folder):
        write_whole(folder / FILE, time.strftime("since %Y-%m-%d %H:%M:%S; nnlab runs keep --off lets it go\n"))


def let_go(folder: Path) -> None:
    """Ends the protection."""
    with writing(folder / FILE):
        (folder / FILE).unlink(missing_ok=True)


def is_kept(folder: Path) -> bool:
    """Whether it is protected."""
    return os.path.lexists(folder / FILE)
