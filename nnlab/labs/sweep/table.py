"""The table of a sweep: a row for each trial, the best first, and what can be said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nnlab.labs.row import Row
from nnlab.labs.sweep.folder import SweepFolder
from nnlab.labs.sweep.results import PARTITION, Result, ranked, result_of
from nnlab.labs.sweep.trials import value_text
from nnlab.labs.verdict import chance_of, verdict
from nnlab.metrics.interval import wilson
from nnlab.tracking.files import plain
from nnlab.tracking.judged import Judge, number_of
from nnlab.tracking.several.verdict import Verdict
from nnlab.tracking.several.words import document as verdict_document

NONE = "-"


@dataclass(frozen=True, eq=False)
class SweepTable:
    """Options:  results: ranked.  keys: what varies."""

    results: tuple[Result, ...]
    keys: tuple[str, ...]

    @property
    def whole(self) -> list[Result]:
        """Trials whose every repeat was trained to its end, the best first."""
        return [result for result in self.results if result.is_over and result.value is not None]

    @property
    def best(self) -> Result | None:
        """The first of them."""
        return next(iter(self.whole), None)

    @property
    def judge(self) -> Judge | None:
        """The figure; None where no trial has one."""
        return next((result.judge for result in self.results if result.judge is not None), None)

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """Of every other whole trial against the best, by its name."""
        best = self.best
        found = {} if best is None else {
            result.trial.name: verdict((best.trial.name, best.runs), (result.trial.name, result.runs), PARTITION)
            for result in self.whole[1:]
        }  # fmt: skip
        return {name: each for name, each in found.items() if each is not None}

    @property
    def tied(self) -> list[Result]:
        """Those that cannot be told from the best."""
        return [result for result in self.whole[1:] if self._word(result) not in ("worse", NONE)]

    def head(self) -> dict[str, bool]:
        """The columns, and whether each holds numbers."""
        judge = self.judge
        title = f"{PARTITION} {judge.title}{self._chance(judge)}" if judge else PARTITION
        keys = [key if key not in ("trial", "seeds", "status") else f"{key} " for key in self.keys]
        return {"trial": True, **dict.fromkeys(keys, False), "seeds": True, title: True, "95% interval": True,
                "against the best": False, "seconds": True, "status": False}  # fmt: skip

    def rows(self) -> list[list[str]]:
        """A row of text for each trial."""
        return [self._row(result) for result in self.results]

    def _row(self, result: Result) -> list[str]:
        judge, spread, settings = result.judge, result.spread, result.trial.settings
        return [
            str(result.trial.number),
            *(value_text(settings[key]) if key in settings else NONE for key in self.keys),
            str(len(result.runs)),
            judge.shown(spread.mean) if judge and spread else NONE,
            interval_text(result),
            self._word(result),
            f"{result.seconds:.1f}" if result.seconds else NONE,
            result.status,
        ]

    def _word(self, result: Result) -> str:
        if result is self.best:
            return "the best"
        found = self.verdicts.get(result.trial.name)
        return NONE if found is None else found.word

    def _chance(self, judge: Judge) -> str:
        level = chance_of([run for result in self.results for run in result.runs], PARTITION)
        return "" if level is None else f" (chance {judge.shown(level)})"

    def document(self) -> list[dict[str, Any]]:
        """The same as JSON has it."""
        return [self._document(result) for result in self.results]

    def _document(self, result: Result) -> dict[str, Any]:
        spread, found = result.spread, self.verdicts.get(result.trial.name)
        trial = result.trial
        made: dict[str, Any] = plain({
            **trial.about, "status": result.status,
            PARTITION: spread and {"mean": spread.mean, "interval": interval_of(result), "values": spread.values},
            "seconds": result.seconds, "left_after_epoch": result.epochs,
            "against_the_best": found and verdict_document(found),
            "repeats": [{"repeat": cell.repeat, "identity": cell.identity} for cell in result.cells],
            "runs": [str(run.folder) for run in result.runs],
            "reasons": [row["reason"] for row in result.failed],
        })  # fmt: skip
        return made


def interval_of(result: Result) -> tuple[float, float] | None:
    """95%: of the mean over seeds, by Student; of one run Wilson's, where the figure is a share."""
    judge, spread = result.judge, result.spread
    if judge is None or spread is None:
        return None
    found = spread.interval
    if found is None and len(spread.values) == 1 and judge.is_share:
        samples = number_of(((result.runs[0].summary or {}).get(PARTITION) or {}).get("samples"))
        found = wilson(spread.mean, int(samples)) if samples else None
    if found is None or not judge.is_share:
        return found
    return max(found[0], 0.0), min(found[1], 1.0)


def interval_text(result: Result) -> str:
    """That in words."""
    found, judge = interval_of(result), result.judge
    return NONE if found is None or judge is None else f"{judge.shown(found[0])} to {judge.shown(found[1])}"


def table_of(study: SweepFolder, rows: dict[str, Row], keys: Sequence[str]) -> SweepTable:
    """Options:  rows: by identity. Raises DataError: a run is gone, or damaged."""
    results = [result_of(each, rows, Path(study.folder)) for each in study.planned]
    return SweepTable(tuple(ranked(results)), tuple(keys))


MOST_NAMED = 5


def sentences(table: SweepTable, count: int) -> Iterator[str]:
    """What is said of all trials. Options:  count: of trials that were planned."""
    best, judge, whole = table.best, table.judge, table.whole
    if best is None or judge is None or best.spread is None:
        yield "No trial came to its end."
        return
    figure = f"{PARTITION} {judge.title} {judge.shown(best.spread.mean)}"
    seeds = f", mean of {len(best.runs)} seeds" if len(best.runs) > 1 else ""
    of = f"The best of {len(whole)} whole trials" if len(whole) > 1 else "The only whole trial"
    yield f"{of} is number {best.trial.number}, {best.trial.name}: {figure}{seeds}."
    if tied := table.tied:
        numbers = ", ".join(str(result.trial.number) for result in tied[:MOST_NAMED])
        more = f" and {len(tied) - MOST_NAMED} more" if len(tied) > MOST_NAMED else ""
        yield f"Cannot tell whether it is better than trial{'s' if len(tied) > 1 else ''} {numbers}{more}."
        if len(best.runs) < MOST_NAMED:
            yield "More seeds tell them apart, where they differ: [repeat] model_seed = 5."
    elif len(whole) > 1:
        yield "It is better than every other by more than chance gives in 19 of 20 comparisons of equals."
    if len(whole) > 1:
        yield f"{PARTITION.capitalize()} chose it of {len(whole)}, and flatters it by that: test was not opened."
    missing = count - len(table.results)
    if missing > 0:
        yield f"{missing} of {count} trials are not proposed yet."
