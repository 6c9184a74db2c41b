"""Whether a run is being trained: its folder is locked by the process that writes it, for as long as that lives.

The system lets go of the lock however the process ends, so that a run that was killed is not taken for one that trains.
"""

import os
import time
from pathlib import Path

LOOKS, LOOK_S = 4, 0.05
"""How often, and after how many seconds, a lock is tried again that somebody may have who only looks (`is_held`)."""


def hold(folder: Path) -> int | None:
    """Locks a folder; what `release` takes. None where that cannot be, as on some shared disks."""
    try:
        return _locked(folder, alone=False)  # waits for who looks at this moment
    except (OSError, ImportError):
        return None


def hold_alone(folder: Path) -> int | None:
    """Locks a folder for one process; what `release` takes. None where that cannot be, as on some shared disks.

    Raises:  BlockingIOError: another process has it, for longer than it takes to look.
    """
    for left in reversed(range(LOOKS)):
        try:
            return _locked(folder, alone=True)
        except BlockingIOError:
            if not left:
                raise
            time.sleep(LOOK_S)
        except (OSError, ImportError):
            break
    return None


def release(handle: int | None) -> None:
    """Ends a lock."""
    if handle is not None:
        os.close(handle)


def is_held(folder: Path) -> bool:
    """Whether a process has locked a folder, and lives."""
    try:
        release(_locked(folder, alone=True))
    except BlockingIOError:
        return True
    except (OSError, ImportError):  # no folder, or no locks there: nothing is known
        return False
    return False


def _locked(folder: Path, *, alone: bool) -> int:
    """Raises OSError: it cannot be; BlockingIOError: it cannot be had alone."""
    import fcntl  # not on every system

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    except OSError:
        os.close(handle)
        raise
    return handle
