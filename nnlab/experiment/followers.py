"""Processes of this machine that train with this one: started, waited for, and ended whatever happens."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from nnlab.core.errors import RunError
from nnlab.core.processes import why_ended

COMMAND: Final = (sys.executable, "-P", "-m", "nnlab.experiment.following")

LATE_S: Final = 3.0
"""How long one that is gone may take to be seen to be."""

LEAVE_S: Final = 5.0
"""How long one may take to end by itself."""


class Followers:
    """So many other processes, which begin while this one still reads its data.

    They have a session of their own, so Ctrl-C is for this process alone, and never outlive it: they end when their
    standard input does.
    """

    def __init__(self, size: int):
        self._size = size
        self._folder = tempfile.TemporaryDirectory(prefix="nnlab-followers-")
        self._store = str(Path(self._folder.name) / "store")
        self._errors: list[IO[bytes]] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Followers":
        try:
            for rank in range(1, self._size):
                self._errors.append(tempfile.TemporaryFile())
                self._processes.append(
                    subprocess.Popen(
                        [*COMMAND, self._store, str(rank), str(self._size)],
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors[-1], start_new_session=True,
                    )
                )  # fmt: skip
        except BaseException:
            self._end(at_once=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(at_once=error is not None)

    def connect(self) -> None:
        """Comes together with all of them. Raises RunError: one has ended."""
        from nnlab.backends.torch.parallel.start import connect

        for process in self._processes:
            assert process.stdout is not None
            if not process.stdout.readline():  # it says a word when it is there
                process.wait()
                raise RunError(self.gone() or "has ended", where="another process")
        connect(self._store, 0, self._size)

    def gone(self) -> str | None:
        """Why one has ended, in words; None where all are there."""
        until = time.monotonic() + LATE_S
        while time.monotonic() < until:
            for rank, process in enumerate(self._processes, 1):
                if (code := process.poll()) is not None:
                    return f"process {rank} of {self._size}: {why_ended(code, self._lines(rank))}"
            time.sleep(0.05)
        return None

    def _lines(self, rank: int) -> Sequence[str]:
        errors = self._errors[rank - 1]
        errors.seek(0)
        return errors.read().decode(errors="replace").strip().splitlines()

    def _end(self, *, at_once: bool) -> None:
        until = time.monotonic() + (0 if at_once else LEAVE_S)
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
            process.kill()
            process.wait()
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                pipe.close()
        self._folder.cleanup()

    def _pipes(self) -> Sequence[IO[Any]]:
        pipes = [pipe for process in self._processes for pipe in (process.stdin, process.stdout) if pipe is not None]
        return [*pipes, *self._errors]
