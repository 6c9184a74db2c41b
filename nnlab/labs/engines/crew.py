"""Threads that each wait for a process; none of either is left when it is over."""

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Process = subprocess.Popen[bytes]


class Crew:
    """Used with `with`: at its end, however that comes, all processes are ended and all threads are through.

    Where that is Ctrl-C, processes are told so, and have the time to leave what can be gone on with.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._processes: set[Process] = set()
        self._threads: list[threading.Thread] = []
        self.over = False

    def begin(self, work: Callable[..., None], *arguments: Any) -> None:
        """Has a thread do something."""
        thread = threading.Thread(target=work, args=arguments, daemon=True, name="nnlab-cell")
        self._threads.append(thread)
        thread.start()

    @contextmanager
    def holding(self, process: Process) -> Iterator[None]:
        """Ends a process with all others, as long as somebody waits for it."""
        with self._turn:
            self._processes.add(process)
            if self.over:
                process.kill()
        try:
            yield
        finally:
            with self._turn:
                self._processes.discard(process)

    def __enter__(self) -> "Crew":
        return self

    def leave(self) -> None:
        """Has all processes leave their work where it can be gone on with; what is begun from now on is ended."""
        with self._turn:
            self.over = True
            for process in self._processes:
                process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """Ends all processes, and every one that is begun from now on."""
        with self._turn:
            self.over = True
            for process in self._processes:
                process.kill()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is not None and issubclass(kind, KeyboardInterrupt):
                self.leave()
                for thread in self._threads:  # a second Ctrl-C does not wait for that
                    thread.join()
        finally:
            self.end()
            for thread in self._threads:
                thread.join()
