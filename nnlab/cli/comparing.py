"""Progress of a comparison on stderr: live on a terminal, one plain line per epoch elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from nnlab.checks.parity.result import StepDifferences
from nnlab.cli.progress import WIDE, WIDE_BAR, Display, LiveDisplay, PlainDisplay
from nnlab.experiment.experiment import Experiment


class Steps:
    """What listens to one comparison, and knows its largest difference so far; this one says nothing."""

    def __init__(self) -> None:
        self.last: StepDifferences | None = None
        self.tensor, self.worst, self.at = "", 0.0, 0

    def images_done(self, done: int, total: int) -> None:
        """After an image was prepared."""

    def step(self, step: StepDifferences) -> None:
        """After a step of both backends."""
        self.last = step
        name, value = max(step.differences.items(), key=lambda pair: pair[1], default=("", 0.0))
        if value > self.worst or not self.tensor:
            self.tensor, self.worst, self.at = name, value, step.step

    @property
    def worst_text(self) -> str:
        """The largest difference so far, of any tensor, whatever its reason."""
        return f"{self.worst:.1e} in {self.tensor} at step {self.at}" if self.worst else "none"


class _PlainSteps(Steps):
    """An epoch's line is said when the next one begins, or at the end."""

    def __init__(self, display: Display, experiment: Experiment):
        super().__init__()
        self._display, self._run = display, experiment.run

    def step(self, step: StepDifferences) -> None:
        if self.last is not None and step.epoch != self.last.epoch:
            self.say()
        super().step(step)

    def say(self) -> None:
        """A line about the last epoch that was seen."""
        if self.last is not None:
            where = f"epoch {self.last.epoch}/{self._run.epochs}  step {self.last.step}"
            self._display.say(f"{self._run.exp_id}: {where}  largest difference so far {self.worst_text}")


class _LiveSteps(Steps):
    def __init__(self, bars: Progress, task: TaskID, epochs: int, room: int):
        super().__init__()
        self._bars, self._task, self._epochs, self._room = bars, task, epochs, room

    def images_done(self, done: int, total: int) -> None:
        self._bars.update(self._task, completed=done, total=total)

    def step(self, step: StepDifferences) -> None:
        if self.last is None:
            self._bars.reset(self._task, description="epoch", total=self._epochs)
        super().step(step)
        head = f"step {step.step}"
        forms = (f"{head}  largest difference {self.worst_text}", f"{head}  {self.worst:.1e}", f"{self.worst:.0e}")
        figures = next((form for form in forms if len(form) <= self._room), "")
        self._bars.update(self._task, completed=step.epoch, figures=figures)


@contextmanager
def steps_shown(screen: Display, experiment: Experiment) -> Iterator[Steps]:
    """The progress of one comparison, on the screen that there is."""
    if isinstance(screen, LiveDisplay):
        with _bars(screen, experiment) as steps:
            yield steps
    elif isinstance(screen, PlainDisplay):
        plain = _PlainSteps(screen, experiment)
        yield plain
        plain.say()
    else:
        yield Steps()


@contextmanager
def _bars(screen: LiveDisplay, experiment: Experiment) -> Iterator[Steps]:
    run, width, whole = experiment.run, screen.console.width, Column(no_wrap=True)
    bar = (BarColumn(bar_width=WIDE_BAR),) if width >= WIDE else ()
    columns = (
        TextColumn("{task.fields[exp_id]}", style="bold", markup=False, table_column=whole),
        TextColumn("{task.description}", markup=False, table_column=whole),
        *bar,
        MofNCompleteColumn(table_column=whole),
        TextColumn("{task.fields[figures]}", markup=False, table_column=whole),
        TimeRemainingColumn(compact=True, table_column=whole),
    )
    exp_id = run.exp_id if len(run.exp_id) <= width // 8 else f"{run.exp_id[: width // 8 - 1]}…"
    taken = len(f"{exp_id} epoch  {run.epochs}/{run.epochs}  0:00:00") + (WIDE_BAR + 1 if bar else 0)
    with Progress(*columns, console=screen.console, transient=True, refresh_per_second=8) as bars:
        task = bars.add_task("images", total=None, exp_id=exp_id, figures="")
        yield _LiveSteps(bars, task, run.epochs, width - taken)
