"""The machine underneath."""

import os
import sys
from functools import cache
from pathlib import Path


def usable_cores() -> int:
    """How many cores this process may use (its affinity, where the system tells), at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def machine_memory() -> int:
    """Bytes of the machine, or of the container where one sets a limit."""
    import psutil

    total = int(psutil.virtual_memory().total)
    for file in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        try:
            total = min(total, int(file.read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return total


def available_memory() -> int:
    """How many of those bytes are free, as far as the machine tells, and this process may still take (`ulimit -v`)."""
    import psutil

    free = min(machine_memory(), int(psutil.virtual_memory().available))
    if sys.platform != "win32":
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        if most != resource.RLIM_INFINITY:
            free = min(free, most - int(psutil.Process().memory_info().vms))
    return max(free, 0)
