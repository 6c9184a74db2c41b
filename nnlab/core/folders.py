"""Where nnlab finds and keeps files that are not the user's own: the cache folder and the sets that ship."""

import os
from pathlib import Path

DATASETS = "datasets"
"""The folder of datasets when none is chosen, as seen from where the user stands."""


def cache_dir() -> Path:
    """The folder for what nnlab can make again: prepared images, the sets that it draws. Perhaps not there yet.

    The first that is set: NNLAB_CACHE_DIR; XDG_CACHE_HOME/nnlab; else ~/.cache/nnlab. As the XDG rule says, a
    relative XDG_CACHE_HOME does not count.

    Source:  "XDG Base Directory Specification", 0.8, freedesktop.org.
    """
    own = os.environ.get("NNLAB_CACHE_DIR")
    if own:
        return Path(own).expanduser().absolute()
    shared = os.environ.get("XDG_CACHE_HOME")
    if shared and Path(shared).is_absolute():
        return Path(shared) / "nnlab"
    return Path("~/.cache/nnlab").expanduser()


def repository() -> Path | None:
    """The checkout that this package runs from, or None when it was installed as a wheel."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / "bin" / "nnlab").is_file() else None


def repository_datasets() -> Path | None:
    """The folder of the sets that ship, or None away from the repository."""
    root = repository()
    return root / "datasets" if root and (root / "datasets").is_dir() else None
