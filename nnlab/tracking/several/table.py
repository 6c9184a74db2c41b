"""The table that compares runs: a row for each experiment, over its seeds, and one for each run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.data.options import PARTITIONS
from nnlab.tracking.files import plain
from nnlab.tracking.judged import Judge, judge_of, number_of
from nnlab.tracking.run import Run
from nnlab.tracking.several.differences import differences
from nnlab.tracking.several.groups import Group
from nnlab.tracking.several.results import COLUMNS, JUDGED, Results, Spread, heading, results, shown, spread_of


@dataclass(frozen=True)
class Compared:
    """Runs side by side.

    Options:  judge: of the first run.  results: by the run's folder.
              differing: the settings that differ, a cell for each run of `runs`.
    """

    groups: tuple[Group, ...]
    judge: Judge
    results: dict[str, Results]
    differing: dict[str, list[str]]

    @property
    def runs(self) -> list[Run]:
        """Every run that counts, group by group."""
        return [run for group in self.groups for run in group.runs]

    @property
    def columns(self) -> list[str]:
        """Those of which there is anything to be shown."""
        return [key for key in COLUMNS if any(found.get(key) is not None for found in self.results.values())]

    @property
    def judged(self) -> str:
        """The partition that says most: test where any run has a score of it, else dev."""
        return "test" if any(found["test"] is not None for found in self.results.values()) else "dev"

    def heading(self, key: str) -> str:
        """What a column is called; of right answers with the level of chance, where that is the same for all."""
        words, found = heading(key, self.judge), set()
        for run in self.runs:
            score = (run.summary or {}).get(key) if key in PARTITIONS else None
            found.add(number_of(score.get("chance")) if score else None)
        chance = next(iter(found)) if len(found) == 1 else None
        return words if chance is None else f"{words} (chance {self.judge.shown(chance)})"

    def interval(self, group: Group) -> str:
        """Of the partition that says most: Wilson's of one run, of the mean by t of several."""
        found = self.spread(group, self.judged)
        if found is None:
            return "-"
        interval = found.interval
        if len(found.values) == 1 and self.judge.is_share:
            samples = number_of(((group.runs[0].summary or {}).get(self.judged) or {}).get("samples"))
            interval = self.judge.interval(found.mean, samples)
        if interval is None:
            return "-"
        low, high = (min(max(end, 0.0), 1.0) if self.judge.is_share else end for end in interval)
        return f"{self.judge.shown(low)} to {self.judge.shown(high)}"

    def of(self, run: Run) -> Results:
        """A run's figures."""
        return self.results[str(run.folder)]

    def spread(self, group: Group, key: str) -> Spread | None:
        """A figure over a group's runs."""
        return spread_of([self.of(run)[key] for run in group.runs])

    def cell(self, group: Group, key: str) -> str:
        """A figure of a group: the mean, and the standard deviation of several runs."""
        found = self.spread(group, key)
        if found is None:
            return "-"
        text = shown(key, found.mean, self.judge)
        if found.deviation is None or len(set(found.values)) == 1:
            return text
        apart = found.deviation if key in JUDGED and self.judge.is_share else float(f"{found.deviation:.2g}")
        return f"{text} ± {shown(key, apart, self.judge)}"


def compared(groups: Sequence[Group]) -> Compared:
    """Raises DataError: when a run's files are damaged."""
    runs = [run for group in groups for run in group.runs]
    found: dict[str, Results] = {str(run.folder): results(run) for run in runs}
    return Compared(tuple(groups), judge_of(runs[0]), found, differences([run.config for run in runs]))


def row(compared: Compared, group: Group) -> dict[str, Any]:
    """A group as JSON has it: of every figure mean, deviation, interval, values."""
    figures: dict[str, Any] = {}
    for key in COLUMNS:
        found = compared.spread(group, key)
        figures[key] = found and {
            "mean": found.mean, "deviation": found.deviation, "interval": found.interval, "values": found.values,
        }  # fmt: skip
    runs = [{"run": str(run.folder), **compared.of(run)} for run in group.runs]
    repeated = [str(run.folder) for run in group.repeated]
    made: dict[str, Any] = plain({"label": group.label, "figures": figures, "runs": runs, "repeated": repeated})
    return made
