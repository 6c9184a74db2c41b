"""A Dask cluster of this machine, as users start one: a scheduler and workers, each with a nanny, on loopback alone."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]

HERE = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")

QUIET = {
    f"DASK_DISTRIBUTED__{key}": value
    for key, value in {
        "WORKER__PROFILE__ENABLED": "False",
        "WORKER__MEMORY__MONITOR_INTERVAL": "5s",
        "ADMIN__TICK__INTERVAL": "1s",
        "ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
        "SCHEDULER__WORK_STEALING": "False",
    }.items()
}
"""Dask looks at itself less often than by itself: an idle cluster of three took a seventh of a core."""

Process = subprocess.Popen[bytes]


@dataclass
class DaskCluster:
    """Options:  home: where logs and scratch folders lie.  nannies: whether workers that die are started again.
    address: of the scheduler.
    """

    home: Path
    nannies: bool = True
    address: str = ""
    scheduler: Process | None = None
    workers: list[Process] = field(default_factory=list)

    def start(self, workers: int) -> "DaskCluster":
        """A scheduler, and so many workers."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.scheduler = self._started("scheduler", "scheduler", "--port", "0", "--no-show", *HERE)
        self.address = self._said("scheduler", r"Scheduler at:\s+(tcp://\S+)")
        for _ in range(workers):
            self.add_worker()
        for number in range(workers):
            self._said(f"worker{number}", r"(Registered to)")
        return self

    def add_worker(self) -> Process:
        """One more, of one thread."""
        name = f"worker{len(self.workers)}"
        scratch = ("--nthreads", "1", "--local-directory", str(self.home / name))
        nanny = () if self.nannies else ("--no-nanny",)
        self.workers.append(self._started(name, "worker", self.address, *HERE, *scratch, *nanny))
        return self.workers[-1]

    def end(self) -> None:
        """Ends all of it, nannies and what they started too."""
        for process in (*self.workers, self.scheduler):
            if process is not None:
                kill(process)

    def _started(self, log: str, *words: str) -> Process:
        """With the kinds of work that tests have, as another package would bring them."""
        with (self.home / f"{log}.log").open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "dask", *words],
                stdout=file,
                stderr=file,
                env={**os.environ, **QUIET, "PYTHONPATH": f"{plugin(self.home)}:{REPOSITORY}"},
                start_new_session=True,
            )

    def _said(self, log: str, pattern: str) -> str:
        end = time.monotonic() + 60
        while (found := re.search(pattern, (self.home / f"{log}.log").read_text())) is None:
            if time.monotonic() > end:
                raise TimeoutError((self.home / f"{log}.log").read_text())
            time.sleep(0.05)
        return found[1]


def kill(process: Process) -> None:
    """The whole session of a process."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def plugin(home: Path) -> Path:
    """A folder that, on Python's path, offers the kinds of work of tests by entry point."""
    folder = home / "plugin"
    about = folder / "testkinds-1.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: testkinds\nVersion: 1\n")
    (about / "entry_points.txt").write_text(
        "[nnlab.labs.kinds]\nCounting = tests.labs.counting:Counting\nUndrawn = tests.labs.undrawn:Undrawn\n"
    )
    return folder


@contextlib.contextmanager
def dask_cluster(home: Path, workers: int, *, nannies: bool = False) -> Iterator[DaskCluster]:
    """Such a cluster, while it is needed. Options:  nannies: as of `DaskCluster`."""
    cluster = DaskCluster(home, nannies)
    try:
        yield cluster.start(workers)
    finally:
        cluster.end()
