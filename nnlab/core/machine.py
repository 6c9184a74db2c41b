"""The machine underneath."""

import os


def usable_cores() -> int:
    """How many cores this process may use (its affinity, where the system tells), at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
