"""Under which settings Matplotlib is imported: ours, wherever nnlab was started from."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnlab.core.folders import cache_dir

BACKEND = "MPLBACKEND"


@contextmanager
def plotting_settings() -> Iterator[None]:
    """Within, Matplotlib can be imported. What opens windows or draws in notebooks is not for us: we draw to files.

    Notebooks set MPLBACKEND for all that their cells start, to a module that need not be installed here. And where the
    user's own folder cannot be written, or there is none, settings and font list are in nnlab's cache.
    """
    if "MPLCONFIGDIR" not in os.environ and not _own_folder_is_writable():
        os.environ["MPLCONFIGDIR"] = str(cache_dir() / "matplotlib")
    asked = os.environ.get(BACKEND)
    os.environ[BACKEND] = "Agg"
    try:
        yield
    finally:
        del os.environ[BACKEND]
        if asked is not None:
            os.environ[BACKEND] = asked


def _own_folder_is_writable() -> bool:
    try:
        home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    except RuntimeError:  # no home
        return False
    existing = next((folder for folder in (home / "matplotlib", home, *home.parents) if folder.is_dir()), home)
    return os.access(existing, os.W_OK)
