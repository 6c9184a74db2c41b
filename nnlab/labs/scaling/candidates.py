"""What a search came to: a line for each network, which of them may be told apart, and the one that is chosen."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnlab.labs.plan import Plan
from nnlab.labs.resolution.scored import Scored
from nnlab.labs.row import Row, step_times_of
from nnlab.labs.scaling.search import BASE, Grid
from nnlab.labs.verdict import rows_of
from nnlab.metrics.significance import Difference, paired_t
from nnlab.models.growth import Grown
from nnlab.tracking.files import plain
from nnlab.tracking.judged import Judge
from nnlab.tracking.step_times import StepTimes


@dataclass(frozen=True, eq=False)
class Candidate:
    """A network with its repeats.  Options:  rows: of those that came to their end, by their order."""

    name: str
    grown: Grown
    rows: tuple[Row, ...]

    @property
    def results(self) -> list[dict[str, Any]]:
        """What its repeats gave."""
        return [row["result"] for row in self.rows]

    @cached_property
    def running(self) -> list[float]:
        """Dev of the best weights, with running statistics, by repeat."""
        return [Scored.read(result["running"]).figure for result in self.results]

    @cached_property
    def anew(self) -> list[float]:
        """The same with statistics taken anew: by these networks are compared."""
        return [Scored.read(result["precise"] or result["running"]).figure for result in self.results]

    @property
    def mean(self) -> float:
        """Of dev with statistics taken anew."""
        return statistics.fmean(self.anew)

    def of(self, key: str) -> float:
        """The mean of a figure of the results."""
        return statistics.fmean(float(result[key]) for result in self.results)

    @property
    def cpu_s(self) -> float:
        """Processor seconds of a training's process, in the mean."""
        return statistics.fmean(float(row["cpu_s"]) for row in self.rows)

    @property
    def steps(self) -> StepTimes | None:
        """Of its learning steps; None in a search of an earlier nnlab."""
        return step_times_of(self.rows)

    @property
    def latency_ms(self) -> float:
        """Of a single picture, the median."""
        return statistics.median(float(result["latency_ms"]["p50"]) for result in self.results)


@dataclass(frozen=True, eq=False)
class Candidates:
    """All of them.  Options:  judge: the figure.  found: in the table's order, of those with a repeat at its end."""

    grid: Grid
    judge: Judge
    found: tuple[Candidate, ...]

    @property
    def base(self) -> Candidate | None:
        """What was begun with."""
        return next((candidate for candidate in self.found if candidate.name == BASE), None)

    @property
    def equals(self) -> list[Candidate]:
        """The points whose cost is near enough to the target to be compared with one another."""
        return [candidate for candidate in self.found if self.grid.is_equal(candidate.name)]

    @property
    def chosen(self) -> Candidate | None:
        """The best on dev: of the equals, or where there are none of all points."""
        some = self.equals or [candidate for candidate in self.found if candidate.name != BASE]
        sign = 1 if self.judge.better == "higher" else -1
        return max(some, key=lambda candidate: sign * candidate.mean) if some else None

    def against(self, first: Candidate | None, second: Candidate) -> Difference | None:
        """The second against the first, paired by seed; None of itself."""
        if first is None or first is second:
            return None
        pairs = {int(row["repeat"]): value for row, value in zip(first.rows, first.anew, strict=True)}
        other = {int(row["repeat"]): value for row, value in zip(second.rows, second.anew, strict=True)}
        shared = [repeat for repeat in pairs if repeat in other]
        return paired_t([pairs[repeat] for repeat in shared], [other[repeat] for repeat in shared])

    @property
    def tied(self) -> list[Candidate]:
        """The equals that cannot be told from the chosen one."""
        chosen = self.chosen
        if chosen is None:
            return []
        some = [(candidate, self.against(candidate, chosen)) for candidate in self.equals]
        return [c for c, held in some if held is not None and held.word(self.judge.better) != "better"]

    @property
    def has_winner(self) -> bool:
        """Whether one of the equals is better than every other, by more than chance: one seed never says so."""
        return len(self.equals) > 1 and not self.tied and len(self.equals[0].rows) > 1

    def document(self) -> list[dict[str, Any]]:
        """The table as JSON."""
        return [self._document(candidate) for candidate in self.found]

    def _document(self, candidate: Candidate) -> dict[str, Any]:
        against = {"against_base": self.base, "against_chosen": self.chosen}
        held = {key: self.against(first, candidate) for key, first in against.items()}
        if not self.grid.is_equal(candidate.name):
            held["against_chosen"] = None
        grown, steps = candidate.grown.document(), candidate.steps
        made: dict[str, Any] = plain({
            "name": candidate.name, **grown, "off_target": candidate.grown.ratio / self.grid.search.target - 1,
            "is_equal": self.grid.is_equal(candidate.name), "repeats": len(candidate.rows), "cpu_s": candidate.cpu_s,
            "latency_ms": candidate.latency_ms, "step_times": steps and steps.document(),
            "dev_running": candidate.running, "dev_statistics_anew": candidate.anew,
            "dev_last": candidate.of("dev_last"), "dev_median_of_last_tenth": candidate.of("dev_median"),
            **{key: found and _told(found, self.judge) for key, found in held.items()},
        })  # fmt: skip
        return made


def _told(found: Difference, judge: Judge) -> dict[str, Any]:
    return {"word": found.word(judge.better), "difference": found.value, "interval": found.interval, "p": found.p,
            "method": found.method, "note": found.note or None}  # fmt: skip


def candidates(plan: Plan, grid: Grid, judge: Judge, rows: Sequence[Row]) -> Candidates:
    """Those of which a repeat came to its end."""
    found = [Candidate(name, grid.rows[name], tuple(rows_of(rows, name))) for name in plan.names]
    return Candidates(grid, judge, tuple(candidate for candidate in found if candidate.rows))
