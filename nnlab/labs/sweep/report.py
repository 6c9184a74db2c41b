"""What a sweep leaves: its document, its page with the picture, the best configuration as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.converters import shown
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.experiment.toml import document as toml_document
from nnlab.labs.engine import Finished
from nnlab.labs.page import LabPage, Part, Said, lab_page
from nnlab.labs.plan import Plan
from nnlab.labs.row import FAILED
from nnlab.labs.study_folder import REPORT
from nnlab.labs.sweep.folder import LAB, PLAN, SweepFolder
from nnlab.labs.sweep.results import PARTITION, Result
from nnlab.labs.sweep.table import SweepTable, sentences, table_of
from nnlab.tracking.pages.page import code, folded
from nnlab.tracking.pages.parallel import Axis, Strand, parallel

BEST = "best.toml"
FEW = 5
"""Kinds of numbers that stand at an axis one by one."""
FAR = 30
"""Times the least that the largest is, for an axis by powers."""

WORDS = (
    "Trials are held against each other by dev, each by its best weights. The interval: Student's of the mean over "
    "seeds, Wilson's of one run. Against the best: paired by seed, or by the same pictures where there is one run "
    "of each. What was left by [prune] stands below what was trained to its end."
)


@dataclass(frozen=True)
class Swept:
    """A sweep that ended, or was left."""

    plan: Plan
    study: SweepFolder
    finished: Finished
    table: SweepTable

    @property
    def says(self) -> list[str]:
        """What is said of all trials."""
        return list(sentences(self.table, int(self.plan.options.get("trials", 0))))

    def document(self) -> dict[str, Any]:
        """What --json prints, and sweep.json says."""
        table, best, judge = self.table, self.table.best, self.table.judge
        return {
            "lab": LAB,
            "sweep": str(self.study.folder),
            "options": dict(self.plan.options),
            "judged": PARTITION,
            "figure": judge and judge.key,
            "best": best and {**best.trial.about, "config": str(self.study.folder / BEST)},
            "cannot_tell": [result.trial.number for result in table.tied],
            "trials": table.document(),
            "says": self.says,
            "failed": sum(row["status"] == FAILED for row in self.finished.rows),
            "left": len(self.finished.left),
        }  # fmt: skip


def swept(plan: Plan, study: SweepFolder, finished: Finished) -> Swept:
    """Raises DataError: a run is gone, or damaged."""
    rows = {row["identity"]: row for row in finished.rows}
    return Swept(plan, study, finished, table_of(study, rows, list(plan.options.get("varies", []))))


def write(found: Swept) -> None:
    """The document, the best configuration and the page. Raises RunError: when the disk takes no more."""
    table, study = found.table, found.study
    study.write_document(LAB, found.document())
    if table.best is not None:
        study.write(BEST, best_toml(table.best, study))
    made = LabPage(
        f"Sweep over {', '.join(table.keys)}",
        f"nnlab sweep {quoted(study.folder / PLAN)}",
        list(_said(found)),
        table.head(),
        table.rows(),
        [*_parts(found), *_logs(found)],
        WORDS,
        [],
        typed=typed(study),
    )
    study.write(REPORT, lab_page(made, found.plan, found.finished, str(study.folder)))


def typed(study: SweepFolder) -> str:
    """What goes on with a sweep, and what repeats its best trial."""
    return f"nnlab sweep {quoted(study.folder / PLAN)}\nnnlab train --config={quoted(study.folder / BEST)}"


def best_toml(best: Result, study: SweepFolder) -> str:
    """The settings of the best trial's first repeat, with test to be opened at the end."""
    settings: Mapping[str, Mapping[str, Any]] = best.cells[0].job["settings"]
    run = {**settings["run"], "exp_id": "best", "eval_test": True}
    head = f"# {best.trial.name}: the best trial of {study.folder.name}\n"
    return printable(head.rstrip()) + "\n\n" + toml_document({**settings, "run": run})


def _said(found: Swept) -> Iterator[Said]:
    table, says = found.table, found.says
    if table.best is None:
        yield Said(says[0], tone="bad")
        return
    word = "Cannot tell which is best" if table.tied else f"The best: {table.best.trial.name}"
    yield Said(word, tuple(says), "fair" if table.tied else "good")
    failed = [result for result in table.results if result.failed]
    if failed:
        reasons = [f"Trial {result.trial.number}: {result.failed[0]['reason']}" for result in failed[:FEW]]
        yield Said(f"{len(failed)} of {len(table.results)} trials failed", tuple(reasons), "bad")


def _parts(found: Swept) -> Iterator[Part]:
    table, judge = found.table, found.table.judge
    shown_results = [result for result in table.results if result.spread is not None]
    if judge is None or not shown_results or not table.keys:
        return
    figures = [result.spread.mean * (100 if judge.is_share else 1) for result in shown_results if result.spread]
    title = f"{PARTITION} {judge.title}"
    last = Axis(f"{title}, %", figures, "linear") if judge.is_share else Axis(title, figures, "auto")
    axes = [*(_axis(key, shown_results) for key in table.keys), last]
    strands = [_strand(table, result) for result in shown_results]
    label = f"{len(strands)} trials over {', '.join(table.keys)}, and the {title} of each"
    intro = "A line for each trial. Orange: the best. Blue: those that cannot be told from it; all others lie behind."
    yield Part("picture", "What goes with what", [parallel(axes, strands, label)], intro=intro)


def _logs(found: Swept) -> Iterator[Part]:
    """What processes said that died."""
    died = [row for row in found.finished.rows if row.get("log")]
    if died:
        words = [folded(f"{row['cell']}, repeat {row['repeat']}", code("\n".join(row["log"]))) for row in died]
        yield Part("logs", "The last lines of what died", words)


def _strand(table: SweepTable, result: Result) -> Strand:
    judge, spread = result.judge, result.spread
    assert judge is not None and spread is not None  # it is shown
    title = f"trial {result.trial.number}: {result.trial.name}: {PARTITION} {judge.shown(spread.mean)}"
    if result is table.best:
        return Strand(title, "c3")
    return Strand(title, "c0") if result in table.tied else Strand(title, "c1", "thin")


def _axis(key: str, results: Sequence[Result]) -> Axis:
    """Numbers of many kinds on a scale; else each kind as a word, numbers by size, words as they were proposed."""
    values = [result.trial.settings.get(key) for result in results]
    known = [value for value in values if value is not None]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known)
    if numbers and len(set(known)) > FEW:
        far = min(known) > 0 and max(known) > FAR * min(known)
        return Axis(key, values, "log" if far else "linear")
    first = sorted(results, key=lambda result: result.trial.number)
    kinds = (
        sorted(set(known))
        if numbers
        else [result.trial.settings[key] for result in first if key in result.trial.settings]
    )
    texts = [None if value is None else shown(value) for value in values]
    return Axis(key, texts, kinds=tuple(dict.fromkeys(map(shown, kinds))))
