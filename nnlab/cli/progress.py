"""Progress on stderr: a live display on a terminal, one plain line per epoch elsewhere, nothing when quiet."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from nnlab.core.printing import printable
from nnlab.experiment.epoch_text import epoch_line, scores
from nnlab.experiment.experiment import Experiment
from nnlab.metrics.base import Metric
from nnlab.metrics.classes import Classes
from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord, TrainingResult

WIDE, WIDE_BAR = 120, 24
"""From how many columns on there is a bar, and its width; a narrower terminal has the room for figures."""


class Watching(Callback):
    """What listens to one experiment; the plain one says nothing."""

    def images_done(self, done: int, total: int) -> None:
        """After an image was prepared."""

    def begins(self, folder: Path) -> None:
        """The run folder is there."""

    def ended(self, result: TrainingResult, *, failed: bool) -> None:
        """All its files are written."""


class Display:
    """Where a command says what it is doing. This one, for --quiet, says only what matters to the result."""

    def say(self, line: str) -> None:
        """A line for the user."""

    def warn(self, line: str) -> None:
        """A warning, which --quiet does not silence."""
        print(printable(line), file=sys.stderr, flush=True)

    @contextmanager
    def experiment(self, experiment: Experiment) -> Iterator[Watching]:
        """The progress of one experiment."""
        yield Watching()


class PlainDisplay(Display):
    """One line per epoch and experiment, without control characters: for pipes and log files."""

    def say(self, line: str) -> None:
        """A line on stderr."""
        print(printable(line), file=sys.stderr, flush=True)

    @contextmanager
    def experiment(self, experiment: Experiment) -> Iterator[Watching]:
        """Says every epoch in one line."""
        yield _PlainWatching(self, experiment.run.exp_id, experiment.accuracy)


class _PlainWatching(Watching):
    def __init__(self, display: PlainDisplay, exp_id: str, metric: Metric):
        self._display, self._exp_id, self._metric = display, exp_id, metric

    def epoch_end(self, record: EpochRecord) -> None:
        self._display.say(f"{self._exp_id}: {epoch_line(record, self._metric)}")


class LiveDisplay(Display):
    """A bar per experiment that moves: epoch, loss, accuracy, time left."""

    def __init__(self, console: Console):
        self.console = console

    def say(self, line: str) -> None:
        """A line on stderr, above the bars."""
        self.console.print(printable(line), highlight=False, markup=False)

    def warn(self, line: str) -> None:
        """A warning on stderr, above the bars."""
        self.say(line)

    @contextmanager
    def experiment(self, experiment: Experiment) -> Iterator[Watching]:
        """Shows the preparation of the images, then the epochs."""
        run, whole = experiment.run, Column(no_wrap=True)
        bar = (BarColumn(bar_width=WIDE_BAR),) if self.console.width >= WIDE else ()
        columns = (
            TextColumn("{task.fields[exp_id]}", style="bold", markup=False, table_column=whole),
            TextColumn("{task.description}", markup=False, table_column=whole),
            *bar,
            MofNCompleteColumn(table_column=whole),
            TextColumn("{task.fields[figures]}", markup=False, table_column=whole),
            TimeRemainingColumn(compact=True, table_column=whole),
        )
        most = self.console.width // 8
        exp_id = run.exp_id if len(run.exp_id) <= most else f"{run.exp_id[: most - 1]}…"
        taken = len(f"{exp_id} epoch  {run.epochs}/{run.epochs}  0:00:00") + (WIDE_BAR + 1 if bar else 0)
        with Progress(*columns, console=self.console, transient=True, refresh_per_second=8) as bars:
            task = bars.add_task("images", total=None, exp_id=exp_id, figures="")
            room = self.console.width - taken
            yield _LiveWatching(bars, task, run.epochs, room, experiment.accuracy)


class _LiveWatching(Watching):
    def __init__(self, bars: Progress, task: TaskID, epochs: int, room: int, metric: Metric):
        self._bars, self._task, self._epochs, self._room, self._metric = bars, task, epochs, room, metric
        self._training = False

    def images_done(self, done: int, total: int) -> None:
        self._bars.update(self._task, completed=done, total=total)

    def epoch_end(self, record: EpochRecord) -> None:
        if not self._training:
            self._bars.reset(self._task, description="epoch", total=self._epochs)
            self._training = True
        self._bars.update(self._task, completed=record.epoch, figures=fitting(record, self._room, self._metric))


def fitting(record: EpochRecord, room: int, metric: Metric | None = None) -> str:
    """The scores of an epoch in as many words as there is room for: on a narrow terminal the accuracy alone."""
    metric = metric or Classes()
    training, dev = record.training, record.dev
    judged = "" if dev is None else f" dev {dev.loss:.3g} {metric.shown(dev.figure)}"
    short = f"loss {training.loss:.3g} {metric.shown(training.figure)}{judged}"
    form = ".0%" if metric.is_share else ".3g"
    least = f"{training.figure:{form}}" + ("" if dev is None else f" dev {dev.figure:{form}}")
    return next((words for words in (scores(record, metric), short, least) if len(words) <= room), "")


def display(*, quiet: bool) -> Display:
    """The display that fits: live on a terminal, plain elsewhere, none when quiet."""
    if quiet:
        return Display()
    console = Console(stderr=True)
    return LiveDisplay(console) if console.is_terminal and not console.is_dumb_terminal else PlainDisplay()
