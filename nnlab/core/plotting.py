"""Under which settings Matplotlib is imported: ours, wherever nnlab was started from."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nnlab.core.folders import cache_dir

BACKEND = "MPLBACKEND"

ALONE = threading.RLock()
"""Held by who imports Matplotlib, or draws: its settings are the whole process's, and runs may be on many threads."""


@contextmanager
def plotting_settings() -> Iterator[None]:
    """Within, Matplotlib can be imported. What opens windows or draws in notebooks is not for us: we draw to files.

    Notebooks set MPLBACKEND for all that their cells start, to a module that need not be installed here. It stays what
    the program's own figures are drawn with. And where the user's own folder cannot be written, or there is none,
    settings and font list are in nnlab's cache.
    """
    with ALONE:
        if "MPLCONFIGDIR" not in os.environ and not _own_folder_is_writable():
            os.environ["MPLCONFIGDIR"] = str(cache_dir() / "matplotlib")
        there, asked = "matplotlib" in sys.modules, os.environ.pop(BACKEND, None)
        try:
            yield
        finally:
            if asked is not None:
                os.environ[BACKEND] = asked
            if asked is not None and not there and (matplotlib := sys.modules.get("matplotlib")) is not None:
                with suppress(ValueError):  # as Matplotlib does it when it is imported
                    matplotlib.rcParams["backend"] = asked


def _own_folder_is_writable() -> bool:
    try:
        home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    except RuntimeError:  # no home
        return False
    existing = next((folder for folder in (home / "matplotlib", home, *home.parents) if folder.is_dir()), home)
    return os.access(existing, os.W_OK)
