"""Where the time and the memory of a run go."""

import mmap
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MIB, PAGE = 1024 * 1024, mmap.PAGESIZE
STATM = "/proc/self/statm"


class Phases:
    """Seconds by phase, summed since the start; see `nnlab.training.record.PHASES`. And the memory that was resident in
    each at the moments that were looked at: MiB, the most of them since it was last asked for."""

    def __init__(self, phases: tuple[str, ...]):
        self.seconds = dict.fromkeys(phases, 0.0)
        self._memory: dict[str, float] = {}

    def look(self, phase: str) -> None:
        """Takes in how much memory is resident at this moment of a phase."""
        self._memory[phase] = max(self._memory.get(phase, 0.0), memory_mb())

    def memory(self) -> dict[str, float]:
        """The most memory in each phase that was looked at since the last call, MiB, to a hundredth."""
        found, self._memory = self._memory, {}
        return {phase: round(most, 2) for phase, most in found.items()}

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Adds what the block takes to a phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] += time.perf_counter() - start

    def add(self, seconds: Mapping[str, float]) -> None:
        """Adds what a learner measured itself."""
        for phase, taken in seconds.items():
            self.seconds[phase] = self.seconds.get(phase, 0.0) + taken

    def since(self, earlier: Mapping[str, float]) -> dict[str, float]:
        """What each phase took since `earlier`, a copy of `seconds` made then."""
        return {phase: taken - earlier.get(phase, 0.0) for phase, taken in self.seconds.items()}


def memory_mb() -> float:
    """Memory that the process has resident now, MiB."""
    try:
        file = os.open(STATM, os.O_RDONLY)  # ten times as fast as psutil, and twice as pathlib
    except OSError:
        import psutil  # takes a while

        return float(psutil.Process().memory_info().rss) / MIB
    try:
        return int(os.read(file, 128).split()[1]) * PAGE / MIB
    finally:
        os.close(file)


def peak_memory_mb() -> float:
    """The most memory that the process had resident since it began, MiB."""
    if (high_water := _high_water_kib()) is not None:
        return high_water / 1024
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / MIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (MIB if sys.platform == "darwin" else 1024)  # macOS counts bytes, Linux KiB


def _high_water_kib() -> int | None:
    """The process's own peak where Linux tells; getrusage's begins at the peak of whoever started the process."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


if sys.platform == "win32":

    def usage() -> tuple[float, int | None]:
        """Processor seconds of this process, and how often the system took the processor from it: it does not say."""
        return time.process_time(), None

else:
    import resource

    def usage() -> tuple[float, int | None]:
        """Processor seconds of this process, and how often the system took the processor from it; None where that is
        not counted: no process comes this far without ever having waited."""
        own = resource.getrusage(resource.RUSAGE_SELF)
        is_counted = own.ru_nivcsw or own.ru_nvcsw
        return own.ru_utime + own.ru_stime, own.ru_nivcsw if is_counted else None


def switches() -> int | None:
    """How often the system took the processor from this process; None where it does not say."""
    return usage()[1]


def moved_since(before: int | None) -> bool | None:
    """Whether it did since `switches` said so many; None where the system does not say."""
    return None if before is None else switches() != before
