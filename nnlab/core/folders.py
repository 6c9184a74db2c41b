"""Where nnlab finds and keeps files that are not the user's own: the cache folder and the sets that ship."""

import os
import stat
from functools import cache
from pathlib import Path

from nnlab.core.errors import UsageError

DATASETS = "datasets"
"""The folder of datasets when none is chosen, as seen from where the user stands."""


def cache_dir() -> Path:
    """The folder for what nnlab can make again: prepared images, the sets that it draws. Perhaps not there yet.

    The first that is set: NNLAB_CACHE_DIR; XDG_CACHE_HOME/nnlab; else ~/.cache/nnlab. As the XDG rule says, a
    relative XDG_CACHE_HOME does not count. A user without a home (a container's, say) has a temporary folder.

    Source:  "XDG Base Directory Specification", 0.8, freedesktop.org.
    """
    own = os.environ.get("NNLAB_CACHE_DIR")
    if own:
        return Path(os.path.expanduser(own)).absolute()  # noqa: PTH111 (raises nothing where there is no home)
    shared = os.environ.get("XDG_CACHE_HOME")
    if shared and Path(shared).is_absolute():
        return Path(shared) / "nnlab"
    try:
        return Path("~/.cache/nnlab").expanduser()
    except RuntimeError:
        return _temporary()


@cache
def _temporary() -> Path:
    """The same at every start, unless somebody else took its name: what is not our own could be anything."""
    import tempfile  # takes a while, and hardly anybody has no home

    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"nnlab-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & 0o022:
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="nnlab-"))


def at_home(text: str) -> str:
    """A path with the home folder for the `~` at its beginning, which a shell leaves alone in `--option=~/x`.

    `~name` is that person's home folder; a name that nobody has is a file's.

    Raises:  UsageError: for `~` where no home folder is known: a folder of that name is never meant.
    """
    path = os.path.expanduser(text)  # noqa: PTH111 (raises nothing where there is no home)
    if path == "~" or path.startswith("~/"):
        raise UsageError("no home folder is known here", where=text, hint="set HOME, or write the path out")
    return path


def repository() -> Path | None:
    """The checkout that this package runs from, or None when it was installed as a wheel."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / "bin" / "nnlab").is_file() else None


def repository_datasets() -> Path | None:
    """The folder of the sets that ship, or None away from the repository."""
    root = repository()
    return root / "datasets" if root and (root / "datasets").is_dir() else None
