"""A Dask cluster that runs already: reached by its address, looked at, asked for work. We start none."""

import asyncio
import contextlib
import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from typing import Any
from urllib.parse import urlsplit

from nnlab.core.errors import MissingError, NnlabError, RunError, UsageError, as_one
from nnlab.core.install import install_line
from nnlab.core.machine import usable_cores
from nnlab.labs.engines.scheduler import GO_ON, PATIENCE_S, WHERE, identify, unreached, worker_line


@contextlib.contextmanager
def cluster_at(address: str) -> Iterator["Cluster"]:
    """A cluster, while it is needed. What was asked of it and is not done then is given up.

    Raises:  MissingError: Dask is not installed.  RunError: there is no scheduler, or none of these versions.
    """
    try:
        import distributed
    except ImportError:
        hint = f"type: {install_line('sweep')}"
        raise MissingError("Dask is not installed", where="--engine=dask", hint=hint) from None
    _hush()
    identify(address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions that differ: `refuse_unfit` names them
        try:
            client = distributed.Client(address, timeout=PATIENCE_S, set_as_default=False, name="nnlab")
        except Exception as error:
            raise unreached(address, error) from None
        try:
            yield Cluster(client, address)
        finally:
            client.close(timeout=PATIENCE_S)


class Killed(Exception):
    """A task took its workers along, so often that Dask gave it up.  Options:  worker: the last one."""

    def __init__(self, worker: str):
        super().__init__(worker)
        self.worker = worker


class Cluster:
    """A scheduler and its workers, to which we are connected."""

    def __init__(self, client: Any, address: str):
        self._client, self._address = client, address

    @property
    def is_there(self) -> bool:
        """Whether we still are."""
        return bool(self._client.status == "running")

    @property
    def address(self) -> str:
        """Of its scheduler."""
        return self._address

    def ask(self, work: Callable[..., Any], *arguments: Any, over: Callable[[Any], None]) -> Any:
        """Has a worker do something; what comes of it, once it does.

        Options:  work: a function of a module that is on all machines.  over: told of it when it is, in a thread.
        """
        with self._asking(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that much is sent: the folder of the cell before
            answer = self._client.submit(work, *arguments, pure=False)
            answer.add_done_callback(over)
        return answer

    def taken(self, answer: Any) -> Any:
        """What came of it.

        Raises:  Killed: its workers died.  RunError: the scheduler is gone.  Exception: what it raised there.
        """
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            return answer.result()
        except KilledWorker as killed:
            raise Killed(str(killed.last_worker.address)) from None
        except (CommClosedError, asyncio.CancelledError, futures.CancelledError):
            raise self.gone() from None

    def gone(self) -> RunError:
        """What to say where the scheduler does not answer any more."""
        return RunError("the scheduler is gone", where=self._address, hint=f"start it anew; {GO_ON}")

    def hear(self, topic: str, heard: Callable[[Mapping[str, Any]], None]) -> None:
        """Has what workers tell of a topic be told, in a thread."""
        with self._asking():
            self._client.subscribe_topic(topic, lambda event: heard(event[1]))

    def tell(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Has every worker do something at once, beside what it is at. In a thread: one of them may hang."""

        def told() -> None:
            with contextlib.suppress(Exception, asyncio.CancelledError):  # nobody is left to be told
                self._client.run(work, *arguments, on_error="ignore")

        threading.Thread(target=told, daemon=True, name="nnlab-tell").start()

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        """While its scheduler is asked.  Raises RunError: it died meanwhile, and the question with it."""
        from distributed.client import ClosedClientError

        try:
            yield
        except (OSError, asyncio.CancelledError, futures.CancelledError, ClosedClientError):
            raise self.gone() from None

    @property
    def threads(self) -> int:
        """Of all its workers: so many tasks are at work at once."""
        return sum(self._threads().values())

    def _threads(self) -> dict[str, int]:
        """Of each worker, by its address."""
        with self._asking():
            found: dict[str, int] = self._client.nthreads()
        return found

    def refuse_unfit(self, threads: int) -> None:
        """Raises RunError: its versions are others, or it has no workers.  UsageError: too few cores for its workers.

        Options:  threads: of each cell.
        """
        if not self._threads():
            raise RunError("has no worker", where=self._address, hint=f"start one: {worker_line(self._address)}")
        mistakes: list[NnlabError] = [
            RunError(f"{who} has {what}, here it is {own}", where=self._address, hint="install the same on both")
            for who, what, own in self._differences()
        ]
        if mistakes:
            raise as_one(mistakes)
        self._refuse_crowded(threads)

    def _differences(self) -> Iterator[tuple[str, str, str]]:
        """Who has another version of what, and the one that is here."""
        with self._asking():
            found = self._client.get_versions(packages=["nnlab"])
        ours = _versions(found["client"])
        everybody = {"the scheduler": found["scheduler"]}
        everybody |= {f"worker {name}": said for name, said in sorted(found["workers"].items())}
        for who, said in everybody.items():
            for name, their in _versions(said).items():
                if their != ours[name]:
                    yield who, f"{name} {their}" if their else f"no {name}", str(ours[name])

    def _refuse_crowded(self, threads: int) -> None:
        cores: dict[str, int] = {}
        taken: dict[str, int] = {}
        with self._asking():
            found = self._client.run(usable_cores)
        for worker, count in self._threads().items():
            host = urlsplit(worker).hostname or worker
            cores[host] = max(cores.get(host, 1), found.get(worker, 1))
            taken[host] = taken.get(host, 0) + count
        for host, count in taken.items():
            if count * threads > cores[host]:
                what = (
                    f"{count} tasks at once of {threads} threads each are more than the {cores[host]} cores of {host}"
                )
                raise UsageError(what, where=WHERE, hint="use --threads=1, and start workers with --nthreads 1")


def _versions(said: Mapping[str, Any]) -> dict[str, str | None]:
    packages = said["packages"]
    python = ".".join(str(said["host"]["python"]).split(".")[:2])
    return {"Python": python, "distributed": packages.get("distributed"), "nnlab": packages.get("nnlab")}


def _hush() -> None:
    """Silences Dask's own log, which tells in pages of tracebacks what is said in a line here."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
