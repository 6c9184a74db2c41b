"""`nnlab resolution sweep`: its plan, and its table: the same weights at several test sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from nnlab.labs.resolution.said import about_statistics, first_line, shown_share
from nnlab.labs.resolution.scored import Against, Scored, against
from nnlab.labs.resolution.sizes import Suggested, named, sizes_of, suggested
from nnlab.labs.resolution.subject import Size, Subject
from nnlab.labs.row import DONE, Row
from nnlab.tracking.judged import Judge, judge_of
from nnlab.tracking.several.words import shown_p

LAB, SECTION = "resolution-sweep", "resolution"


def sweep_plan(subject: Subject, run: str, words: Sequence[str], cut: tuple[int, int] | None) -> Plan:
    """A cell for each size.

    Options:  words: the sizes as they were written.  cut: what the shorter side is made to, and the middle of that
              which is then cut out, in proportion; None: pictures as the run fits them.
    Raises:   UsageError: a size that cannot be.  DataError: there is no dev partition.
    """
    require_dev(subject)
    sizes = sizes_of(words, subject, suggested(subject).by_linear)
    share = None if cut is None else cut[1] / cut[0]
    threads = subject.trained.experiment.run.threads
    job = {"run": run, "meaning": dict(subject.meaning()), "share": share, "threads": threads}
    cells = [Cell(named(size), "Resized", {**job, "size": list(size)}) for size in sizes]
    options = {"run": run, "sizes": list(words), "test_resize": cut and f"{cut[0]}/{cut[1]}"}
    return Plan(LAB, SECTION, options, subject.trained.experiment.settings, tuple(cells))


def require_dev(subject: Subject) -> None:
    """Raises DataError: what would be chosen by is not there."""
    if not subject.outline.sizes["dev"]:
        what = "has no dev partition, by which a size is chosen"
        raise DataError(what, where=printable(subject.outline.source.folder), hint="train with --partitions anew")


@dataclass(frozen=True, eq=False)
class SizeLine:
    """A size.  Options:  against: what it is against the run's own size; None of that itself, or without it."""

    size: Size
    result: Mapping[str, Any]
    running: Scored
    precise: Scored | None
    against: Against | None


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a run comes to at several test sizes."""

    subject: Subject
    judge: Judge
    suggested: Suggested
    share: float | None
    lines: tuple[SizeLine, ...]

    @property
    def chance(self) -> float | None:
        """What guessing comes to."""
        return self.lines[0].result.get("chance") if self.lines else None

    @property
    def shown_share(self) -> float:
        """Of the pictures' shorter side, what is shown."""
        return self.subject.trained.experiment.data.crop_share if self.share is None else self.share

    def line(self, size: Size) -> SizeLine | None:
        """That of a size."""
        return next((line for line in self.lines if line.size == size), None)

    def head(self) -> dict[str, bool]:
        """The columns, and whether each holds numbers."""
        chance = "" if self.chance is None else f" (chance {self.judge.shown(self.chance)})"
        names = (
            "multiply-adds", "ms a picture", f"dev {self.judge.title}{chance}", "95% interval", "statistics anew",
            "lost", "won", "p",
        )  # fmt: skip
        own = {"size": True, "shown": True, "interpolation": False}
        return {**own, **dict.fromkeys(names, True), "against its own size": False, "": False}

    def rows(self) -> list[list[str]]:
        """A row of text for each line."""
        return [self._row(line) for line in self.lines]

    def _row(self, line: SizeLine) -> list[str]:
        judge, running, held = self.judge, line.running, line.against
        interval = judge.interval(running.figure, running.samples)
        return [
            named(line.size),
            f"{self.shown_share:.3g}",
            self.subject.trained.experiment.data.interpolation,
            f"{line.result['network']['multiply_adds']:,}",
            f"{line.result['latency_ms']['p50']:.2f}",
            judge.shown(running.figure),
            "-" if interval is None else f"{judge.shown(interval[0])} to {judge.shown(interval[1])}",
            "-" if line.precise is None else judge.shown(line.precise.figure),
            *(("-", "-") if held is None or held.lost is None else (str(held.lost), str(held.won))),
            "-" if held is None or held.found.p is None else shown_p(held.found.p).removeprefix("= "),
            "-" if held is None else word_of(held, judge),
            ", ".join(self.marks(line.size)),
        ]

    def marks(self, size: Size) -> list[str]:
        """What a size is, in words."""
        found = self.suggested
        said = ["its own size"] if size == self.subject.size else []
        if found.linear < 1:
            said += [f"suggested (linear sigma {found.linear:.3f})"] if size == found.by_linear else []
            said += [f"by the area ({found.area:.3f})"] if size == found.by_area else []
        return said

    def sentences(self) -> list[str]:
        """What the table says."""
        own, there = self.line(self.subject.size), self.line(self.suggested.by_linear)
        said = [first_line(self.subject, self.suggested)]
        if own and there and there.against is not None:
            words = f"At {named(there.size)}, which was suggested beforehand: {self.judge.shown(there.running.figure)} "
            words += f"against {self.judge.shown(own.running.figure)} at {named(own.size)} on dev"
            said.append(f"{words}{shown_share(there.against)}: {there.against.word}.")
        if self.lines:
            best = self.best
            words = f"Of these sizes dev is best at {named(best.size)} ({self.judge.shown(best.running.figure)}): "
            said.append(f"{words}it was chosen by these very pictures, and is flattered by that.")
        both = {
            named(line.size): (line.running.figure, None if line.precise is None else line.precise.figure)
            for line in self.lines
        }
        return said + about_statistics(both, self.judge)

    @property
    def best(self) -> SizeLine:
        """The line whose dev figure is best; the smaller of two."""
        sign = 1 if self.judge.better == "higher" else -1
        return max(self.lines, key=lambda line: (sign * line.running.figure, -line.size[0]))

    def document(self) -> dict[str, Any]:
        """`resolution-sweep.json`, and what --json prints."""
        found = self.suggested
        return {
            "run": self.subject.trained.run.name,
            "dataset": self.subject.trained.experiment.data.dataset,
            "partition": "dev",
            "figure": self.judge.key,
            "chance": self.chance,
            "size": list(self.subject.size),
            "stride": self.subject.stride,
            "share": self.shown_share,
            "interpolation": self.subject.trained.experiment.data.interpolation,
            "sigma": {"area": found.area, "linear": found.linear},
            "suggested": {"linear": list(found.by_linear), "area": list(found.by_area)},
            "sentences": self.sentences(),
            "rows": [self._document(line) for line in self.lines],
        }

    def _document(self, line: SizeLine) -> dict[str, Any]:
        running, precise = line.running, line.precise
        interval = self.judge.interval(running.figure, running.samples)
        return {
            "size": list(line.size),
            **{key: line.result[key] for key in ("network", "latency_ms")},
            "dev": {**running.figures, "loss": running.loss, "samples": running.samples, "interval": interval},
            "dev_statistics_anew": precise and {**precise.figures, "loss": precise.loss},
            "against_own_size": line.against and line.against.document(),
            "marks": self.marks(line.size),
        }


def word_of(held: Against, judge: Judge) -> str:
    """The verdict's word, and how far apart the two are."""
    apart = held.found.value
    if apart is None or held.lost is None:
        return held.word
    return f"{held.word} ({judge.apart(apart)})"


def swept(subject: Subject, plan: Plan, rows: Sequence[Row]) -> Sweep:
    """The table of what has come to its end."""
    by_name = {row["cell"]: row["result"] for row in rows if row["status"] == DONE}
    results = [by_name[name] for name in plan.names if name in by_name]
    scores = [Scored.read(result["running"]) for result in results]
    own = next((s for s, r in zip(scores, results, strict=True) if tuple(r["size"]) == subject.size), None)
    lines = []
    for result, running in zip(results, scores, strict=True):
        size, precise = (result["size"][0], result["size"][1]), result["precise"]
        held = None if own is None or size == subject.size else against(own, running)
        lines.append(SizeLine(size, result, running, precise and Scored.read(precise), held))
    share = plan.cells[0].job["share"]
    return Sweep(subject, judge_of(subject.trained.run), suggested(subject), share, tuple(lines))
