"""The closing table of several experiments: what differs between them, and how each of them did."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.cli.results import GUESSING
from nnlab.core.printing import printable
from nnlab.data.options import PARTITIONS
from nnlab.experiment.run import Outcome
from nnlab.tracking.several.differences import alike_but_for_seeds, differences


def comparison(outcomes: Sequence[Outcome]) -> str:
    """Several runs side by side, and over repetitions of one experiment the mean and the spread."""
    differing = differences([outcome.experiment.settings for outcome in outcomes])
    head = ["experiment", *differing, "epochs", *PARTITIONS, "seconds"]
    rows = [head]
    for place, outcome in enumerate(outcomes):
        summary, values = outcome.summary, [cells[place] for cells in differing.values()]
        scores = [_score(outcome, summary[name]) for name in PARTITIONS]
        epochs, seconds = str(summary["epochs_run"]), f"{summary['elapsed_s']:.2f}"
        rows.append([printable(outcome.experiment.run.exp_id), *values, epochs, *scores, seconds])
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    left = len(differing) + 1
    lines = [
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines += _guesses(outcomes)
    groups = list(_repetitions(outcomes))
    for group in groups:
        lines += _spread(group, of="" if len(groups) == 1 else f"{group[0].experiment.run.exp_id} ({len(group)} runs) ")
    return "\n".join(lines) + "\n"


def _repetitions(outcomes: Sequence[Outcome]) -> Iterator[list[Outcome]]:
    """Those of one experiment together, in the order of their first ones."""
    left = list(outcomes)
    while left:
        first = left[0].experiment.settings
        own = [outcome for outcome in left if alike_but_for_seeds(first, outcome.experiment.settings)]
        yield own
        left = [outcome for outcome in left if outcome not in own]


def _score(outcome: Outcome, score: Any) -> str:
    return outcome.experiment.accuracy.shown(score[outcome.experiment.figure]) if score else "-"


def _guesses(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Which scores of dev and test may be chance."""
    for outcome in outcomes:
        scores = [(name, outcome.summary[name]) for name in ("dev", "test")]
        if names := [name for name, score in scores if score and score.get("no_better_than_guessing")]:
            yield f"{printable(outcome.experiment.run.exp_id)}: {' and '.join(names)} {GUESSING}"


def _spread(group: Sequence[Outcome], *, of: str) -> list[str]:
    lines = []
    for name in PARTITIONS:
        values = [outcome.summary[name][outcome.experiment.figure] for outcome in group if outcome.summary[name]]
        if len(values) > 1:
            mean, spread = statistics.mean(values), statistics.stdev(values)
            low, high = min(values), max(values)
            metric = group[0].experiment.accuracy
            middle, apart, least, most = map(metric.shown, (mean, spread, low, high))
            words = f"mean {middle}, standard deviation {apart}, {least} to {most}"
            lines.append(f"{of}{name} {metric.figure_title}: {words}")
    return lines
