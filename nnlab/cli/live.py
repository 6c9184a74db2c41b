"""`nnlab train --live`: the reports of the runs that train, served while they do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.cli.flags import Part
from nnlab.cli.progress import Display, Watching
from nnlab.core.errors import UsageError
from nnlab.experiment.epoch_text import epoch_line
from nnlab.experiment.experiment import Experiment
from nnlab.training.record import EpochRecord, TrainingResult

if TYPE_CHECKING:
    from nnlab.serving.live import Live, LiveRun

ENDED = {
    "finished": "finished", "early": "stopped early", "budget": "stopped, its time was up",
    "interrupted": "interrupted", "failed": "failed",
}  # fmt: skip


@contextmanager
def served(screen: Display, port: int | None) -> Iterator[Display]:
    """The display, and beside it a browser, at an address that is said, for as long as the block lasts.

    Options:  port: as `live_port` gave it; None for no browser.
    Raises:   RunError: it is taken.
    """
    if port is None:
        yield screen
        return
    from nnlab.serving.live import Live
    from nnlab.serving.server import Server

    live = Live(_report)
    with Server(live, port=port, flag="--live-port") as server:
        screen.warn(f"live: {server.url}/{live.token}/")  # also where it is --quiet: who asked wants to know
        try:
            yield _Served(screen, live)
        finally:
            live.close()


def live_port(parts: Sequence[Part]) -> int | None:
    """Where to serve: 0 for any port that is free; None where nobody asked for it. Raises UsageError: no such port."""
    said = next((part.command["live_port"] for part in parts if part.command.get("live_port") is not None), None)
    if said is None:
        return 0 if any(part.command.get("live") for part in parts) else None
    if not (said.isascii() and said.isdigit() and int(said) < 1 << 16):
        raise UsageError(f"must be a whole number from 0 to 65535, got {said!r}", where="--live-port")
    return int(said)


def _report(folder: Path) -> str:
    from nnlab.tracking.report.report import run_page  # not before somebody looks
    from nnlab.tracking.run import read_run

    return run_page(read_run(folder))


class _Served(Display):
    """Says what another display says, and shows every experiment in a browser too."""

    def __init__(self, screen: Display, live: "Live"):
        self._screen, self._live = screen, live

    def say(self, line: str) -> None:
        self._screen.say(line)

    def warn(self, line: str) -> None:
        self._screen.warn(line)

    @contextmanager
    def experiment(self, experiment: Experiment) -> Iterator[Watching]:
        run = self._live.add(experiment.run.exp_id, partial(epoch_line, metric=experiment.accuracy))
        with self._live.running(run), self._screen.experiment(experiment) as watching:
            yield _Both(watching, run)


class _Both(Watching):
    """What listens to an experiment for a display, and for a browser."""

    def __init__(self, watching: Watching, run: "LiveRun"):
        self._watching, self._run = watching, run

    def images_done(self, done: int, total: int) -> None:
        self._watching.images_done(done, total)

    def begins(self, folder: Path) -> None:
        self._run.begins(folder)

    def epoch_end(self, record: EpochRecord) -> None:
        self._watching.epoch_end(record)
        self._run.epoch_end(record)

    def ended(self, result: TrainingResult, *, failed: bool) -> None:
        self._run.ends("failed" if failed else ENDED[result.stopped])
