"""`nnlab resolution tune`: its plan, and its table: every way to tune, at the run's own size and at others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from nnlab.labs.resolution.modes import NONE, modes_of
from nnlab.labs.resolution.scored import Against, Scored, against
from nnlab.labs.resolution.sizes import Suggested, named, sizes_of, suggested
from nnlab.labs.resolution.subject import Size, Subject
from nnlab.labs.resolution.sweep import SECTION, require_dev, word_of
from nnlab.labs.row import DONE, Row
from nnlab.tracking.judged import Judge, judge_of
from nnlab.tracking.several.words import shown_p

LAB = "resolution-tune"


@dataclass(frozen=True)
class Tuning:
    """How a run is tuned.  Options:  sizes, modes: as they were written.  rate: the same for all."""

    sizes: Sequence[str]
    modes: Sequence[str]
    epochs: int
    rate: float
    seed: int = 0


def tune_plan(subject: Subject, run: str, tuning: Tuning) -> Plan:
    """A cell for each size and mode, the run's own size always among them: tuning is also a drop of the rate.

    Raises:   UsageError or Mistakes: sizes or modes that cannot be.  DataError: there is no dev partition.
    """
    require_dev(subject)
    modes = modes_of(tuning.modes, subject.trained.network)
    more = () if tuning.sizes else (suggested(subject).by_linear,)
    sizes = sizes_of(tuning.sizes, subject, *more)
    shared = {"run": run, "meaning": dict(subject.meaning()), "threads": subject.trained.experiment.run.threads}
    names = dict.fromkeys([NONE, *(mode.name for mode in modes)])
    cells = []
    for size in sizes:
        for name in names:
            how = {"epochs": tuning.epochs, "rate": tuning.rate, "seed": tuning.seed}
            cells.append(Cell(label(name, size), "Tuned", {**shared, "size": list(size), "mode": name, **how}))
    options = {"run": run, "sizes": list(tuning.sizes), "modes": list(tuning.modes), "epochs": tuning.epochs,
               "learning_rate": tuning.rate, "seed": tuning.seed}  # fmt: skip
    return Plan(LAB, SECTION, options, subject.trained.experiment.settings, tuple(cells))


def label(mode: str, size: Size) -> str:
    """norm+head at 44"""
    return f"{mode} at {named(size)}"


@dataclass(frozen=True, eq=False)
class TunedLine:
    """A way to tune at a size.  Options:  against: the run as it is, at its own size; None of that itself."""

    name: str
    size: Size
    mode: str
    result: Mapping[str, Any]
    running: Scored
    precise: Scored | None
    against: Against | None

    @property
    def moved(self) -> tuple[int, int]:
        """Tensors, and values of them, of which a byte changed."""
        changed = [tensor for tensor in self.result["tensors"] if tensor["changed"]]
        return len(changed), sum(tensor["values"] for tensor in changed)


@dataclass(frozen=True, eq=False)
class Tune:
    """What ways to tune come to."""

    subject: Subject
    judge: Judge
    suggested: Suggested
    lines: tuple[TunedLine, ...]

    @property
    def chance(self) -> float | None:
        """What guessing comes to."""
        return self.lines[0].result.get("chance") if self.lines else None

    def line(self, mode: str, size: Size) -> TunedLine | None:
        """That of a mode and a size, where it came to its end."""
        return next((line for line in self.lines if (line.mode, line.size) == (mode, size)), None)

    @property
    def base(self) -> TunedLine | None:
        """The run as it is."""
        return self.line(NONE, self.subject.size)

    @property
    def chosen(self) -> TunedLine:
        """The line whose dev figure is best; of equal ones the first."""
        sign = 1 if self.judge.better == "higher" else -1
        return max(self.lines, key=lambda line: sign * line.running.figure)

    @property
    def control(self) -> TunedLine | None:
        """The chosen way to tune, at the run's own size; None where that is what was chosen."""
        chosen = self.chosen
        return None if chosen.size == self.subject.size else self.line(chosen.mode, self.subject.size)

    def head(self) -> dict[str, bool]:
        """The columns, and whether each holds numbers."""
        chance = "" if self.chance is None else f" (chance {self.judge.shown(self.chance)})"
        names = ("multiply-adds", f"dev {self.judge.title}{chance}", "95% interval", "statistics anew")
        return {
            "way at size": False,
            "tensors that moved": True,
            "values that moved": True,
            **dict.fromkeys((*names, "lost", "won", "p"), True),
            "against the run as it is": False,
        }

    def rows(self) -> list[list[str]]:
        """A row of text for each line."""
        return [self._row(line) for line in self.lines]

    def _row(self, line: TunedLine) -> list[str]:
        judge, running, held = self.judge, line.running, line.against
        interval, tensors = judge.interval(running.figure, running.samples), line.result["tensors"]
        moved, values = line.moved
        return [
            line.name,
            f"{moved} of {len(tensors)}",
            f"{values:,} of {sum(tensor['values'] for tensor in tensors):,}",
            f"{line.result['network']['multiply_adds']:,}",
            judge.shown(running.figure),
            "-" if interval is None else f"{judge.shown(interval[0])} to {judge.shown(interval[1])}",
            "-" if line.precise is None else judge.shown(line.precise.figure),
            *(("-", "-") if held is None or held.lost is None else (str(held.lost), str(held.won))),
            "-" if held is None or held.found.p is None else shown_p(held.found.p).removeprefix("= "),
            "-" if held is None else word_of(held, judge),
        ]

    def document(self) -> dict[str, Any]:
        """What cells gave, as JSON has it."""
        found = self.suggested
        return {
            "run": self.subject.trained.run.name,
            "dataset": self.subject.trained.experiment.data.dataset,
            "figure": self.judge.key,
            "chance": self.chance,
            "size": list(self.subject.size),
            "stride": self.subject.stride,
            "sigma": {"area": found.area, "linear": found.linear},
            "suggested": {"linear": list(found.by_linear), "area": list(found.by_area)},
            "rows": [self._document(line) for line in self.lines],
        }

    def _document(self, line: TunedLine) -> dict[str, Any]:
        running, precise = line.running, line.precise
        interval = self.judge.interval(running.figure, running.samples)
        return {
            "name": line.name,
            "size": list(line.size),
            "mode": line.mode,
            "network": line.result["network"],
            "dev": {**running.figures, "loss": running.loss, "samples": running.samples, "interval": interval},
            "dev_statistics_anew": precise and {**precise.figures, "loss": precise.loss},
            "against_the_run": line.against and line.against.document(),
            "tensors": line.result["tensors"],
        }


def tuned(subject: Subject, plan: Plan, rows: Sequence[Row]) -> Tune:
    """The table of what has come to its end."""
    by_name = {row["cell"]: row["result"] for row in rows if row["status"] == DONE}
    found = [(name, by_name[name], Scored.read(by_name[name]["running"])) for name in plan.names if name in by_name]
    base = next((scored for name, _, scored in found if name == label(NONE, subject.size)), None)
    lines = []
    for name, result, running in found:
        held = None if base is None or running is base else against(base, running)
        size, precise = (result["size"][0], result["size"][1]), result["precise"]
        kept = precise and Scored.read(precise)
        lines.append(TunedLine(name, size, result["mode"], result, running, kept, held))
    return Tune(subject, judge_of(subject.trained.run), suggested(subject), tuple(lines))
