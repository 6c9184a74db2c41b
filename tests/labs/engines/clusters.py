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

Process = subprocess.Popen[bytes]


@dataclass
class DaskCluster:
    """Options:  address: of the scheduler.  home: where logs and scratch folders lie."""

    home: Path
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
        return self

    def add_worker(self) -> Process:
        """One more, of one thread, that is ready."""
        name = f"worker{len(self.workers)}"
        scratch = ("--nthreads", "1", "--local-directory", str(self.home / name))
        self.workers.append(self._started(name, "worker", self.address, *HERE, *scratch))
        self._said(name, r"(Registered to)")
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
                env={**os.environ, "PYTHONPATH": f"{plugin(self.home)}:{REPOSITORY}"},
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
    (about / "entry_points.txt").write_text("[nnlab.labs.kinds]\nCounting = tests.labs.counting:Counting\n")
    return folder


@contextlib.contextmanager
def dask_cluster(home: Path, workers: int) -> Iterator[DaskCluster]:
    """Such a cluster, while it is needed."""
    cluster = DaskCluster(home)
    try:
        yield cluster.start(workers)
    finally:
        cluster.end()
