"""The closing table of several experiments: what differs between them, and how each of them did."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nnlab.cli.results import GUESSING
from nnlab.core.printing import printable
from nnlab.data.options import PARTITIONS
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.run import Outcome
from nnlab.experiment.typed import shown

NO_DIFFERENCE = frozenset({
    "exp_id", "runs_dir", "threads", "workers", "disk_cache", "profiling", "display_graphs", "display_samples",
    "track_layer", "dump_minibatches", "gradient_checks", "gradient_checks_interval", "gradient_checks_budget",
    "instability_checks", "skip_bad_images", "prepare",
})  # fmt: skip
"""Settings that make no other experiment of one."""

WIDEST = 24
"""Letters of a setting's value at most."""


def comparison(outcomes: Sequence[Outcome]) -> str:
    """Several runs side by side, and over repetitions of one experiment the mean and the spread."""
    differing = differences([outcome.experiment for outcome in outcomes])
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
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(_but_for_seeds(outcome.experiment), []).append(outcome)
    for group in groups.values():
        lines += _spread(group, of="" if len(groups) == 1 else f"{group[0].experiment.run.exp_id} ({len(group)} runs) ")
    return "\n".join(lines) + "\n"


def differences(experiments: Sequence[Experiment]) -> dict[str, list[str]]:
    """The settings that differ, as columns: a cell for each experiment, "-" where its components have no such one.

    An option that some components lack counts only where those that have it differ.
    """
    tables = [_flat(experiment) for experiment in experiments]
    keys = dict.fromkeys(key for table in tables for key in table)
    found: dict[str, list[str]] = {}
    for key in keys:
        cells = [_cell(table[key]) if key in table else "-" for table in tables]
        if len({cell for cell in cells if cell != "-"}) > 1:
            found[key.rpartition(".")[2] if _unique(key, keys) else key] = cells
    if "dataset" in found:
        found.pop("datasets_path", None)
    return found


def _flat(experiment: Experiment) -> dict[str, Any]:
    """Every setting that counts: the chosen components by section, then options by section and key."""
    chosen: dict[str, Any] = dict(experiment.chosen)
    options = {
        f"{section}.{key}": value
        for section, table in experiment.sections.items()
        for key, value in table.items()
        if key not in NO_DIFFERENCE and value is not None
    }
    return {"data.dataset": options.pop("data.dataset"), **chosen, **options}


def _unique(key: str, keys: Mapping[str, None]) -> bool:
    """Whether the short form of a key means it alone."""
    short = key.rpartition(".")[2]
    return sum(other.rpartition(".")[2] == short for other in keys) == 1


def _cell(value: Any) -> str:
    text = printable(shown(value))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."


def _score(outcome: Outcome, score: Any) -> str:
    return outcome.experiment.accuracy.shown(score[outcome.experiment.figure]) if score else "-"


def _guesses(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Which scores of dev and test may be chance."""
    for outcome in outcomes:
        scores = [(name, outcome.summary[name]) for name in ("dev", "test")]
        if names := [name for name, score in scores if score and score.get("no_better_than_guessing")]:
            yield f"{printable(outcome.experiment.run.exp_id)}: {' and '.join(names)} {GUESSING}"


def _but_for_seeds(experiment: Experiment) -> str:
    """Equal for repetitions of one experiment."""
    seeds_and_names = {"exp_id", "runs_dir", "model_seed", "dataset_seed"}
    return repr(
        [
            (section, key, value)
            for section, values in experiment.sections.items()
            for key, value in values.items()
            if key not in seeds_and_names
        ]
        + sorted(experiment.chosen.items())
    )


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
