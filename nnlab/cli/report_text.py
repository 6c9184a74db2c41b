"""What `nnlab report` and `nnlab compare RUN RUN` print of runs side by side."""

from nnlab.cli.runs_text import aligned
from nnlab.tracking.several.report import SeveralReport
from nnlab.tracking.several.verdict import Verdict
from nnlab.tracking.several.words import figures, headline, method

SHOWN = ("training", "dev", "test", "epochs_run", "early_stop_epoch", "parameters", "elapsed_s", "peak_memory_mb")
"""Columns for a terminal; the page and --json have all."""


def report_text(found: SeveralReport) -> str:
    """The table, what differs, and what is said of each experiment against the first."""
    compared = found.compared
    columns = [key for key in SHOWN if key in compared.columns]
    rows = [["experiment", "runs", *map(compared.heading, columns), "95% interval"]]
    for group in compared.groups:
        cells = [compared.cell(group, key) for key in columns]
        rows.append([group.label, str(len(group.runs)), *cells, compared.interval(group)])
    lines = aligned(rows)
    differing = {key: list(dict.fromkeys(cells)) for key, cells in compared.differing.items()}
    if differing:
        lines += ["", "differ in: " + "; ".join(f"{key} {', '.join(cells)}" for key, cells in differing.items())]
    for verdict in found.verdicts:
        lines += ["", verdict_text(verdict)]
    return "\n".join(lines)


def verdict_text(found: Verdict) -> str:
    """The word, the figures, the test: a line each."""
    return f"{headline(found)}\n  {figures(found)}\n  {method(found)}"
