"""The machine underneath."""

import os
import sys
from functools import cache
from pathlib import Path

MEMINFO = Path("/proc/meminfo")


def usable_cores() -> int:
    """How many cores this process may use (its affinity, where the system tells), at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def machine_memory() -> int:
    """Bytes of the machine, or of the container where one sets a limit."""
    total, _ = _memory()
    for file in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        try:
            total = min(total, int(file.read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return total


def available_memory() -> int:
    """How many of those bytes are free, as far as the machine tells, and this process may still take (`ulimit -v`)."""
    free = min(machine_memory(), _memory()[1])
    if sys.platform != "win32":
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        if most != resource.RLIM_INFINITY:
            import psutil

            free = min(free, most - int(psutil.Process().memory_info().vms))
    return max(free, 0)


def _memory() -> tuple[int, int]:
    """Bytes of the machine, and how many of them are free.

    Linux tells in a file; psutil, who reads it too, takes as long to import as a small network to be read.
    """
    try:
        told = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        total, free = (1024 * int(told[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
        if free <= total:  # some containers tell of their own size, and of the whole machine's rest
            return total, free
    except (OSError, ValueError, LookupError):  # no such file, or not all in it
        pass
    import psutil

    memory = psutil.virtual_memory()
    return int(memory.total), int(memory.available)
