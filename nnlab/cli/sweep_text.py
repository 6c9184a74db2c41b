"""What `nnlab sweep` prints: the table, a plan before it runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.cli.runs_text import aligned
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.labs.sweep.estimate import SweepEstimate
from nnlab.labs.sweep.report import Swept
from nnlab.labs.sweep.trials import value_text

MOST = 40
"""Trials that a table in a terminal has; the page has all."""


def swept_text(found: Swept, best: Path | None) -> str:
    """The table, the best first, and what is said of it. Options:  best: the file of the best configuration."""
    head, rows = list(found.table.head()), found.table.rows()
    more = [f"... and {len(rows) - MOST} more on the page"] if len(rows) > MOST else []
    lines = [*aligned([head, *rows[:MOST]], 1 + len(found.table.keys)), *more, "", *found.says]
    if best is not None:
        lines += ["", f"best: nnlab train --config={quoted(best)}"]
    return "\n".join(map(printable, lines)) + "\n"


def plan_text(found: SweepEstimate) -> str:
    """What would be trained, and what it would take."""
    sweep, trials = found.sweep, found.sweep.course.trials
    keys, repeats = list(sweep.course.maker.search.keys), len(sweep.file.repeats.each)
    rows = [
        [str(trial.number), *(value_text(trial.settings[key]) if key in trial.settings else "-" for key in keys)]
        for trial in trials[:MOST]
    ]
    seeds = f", {repeats} seeds each" if repeats > 1 else ""
    lines = [f"sweep: {found.trials} trials{seeds}: {found.cells} runs, a process each", ""]
    lines += aligned([["trial", *keys], *rows], 1 + len(keys))
    if found.trials > len(rows):
        lines.append(f"... and {found.trials - len(rows)} more")
    if sweep.course.halving is not None:
        rungs = zip(sweep.reaching, sweep.course.halving.rungs, strict=True)
        lines += ["", "  pruned: " + ", ".join(f"{count} trials to epoch {epochs}" for count, epochs in rungs)]
    lines += ["", *(f"  {line}" for line in _cost(found))]
    return "\n".join(map(printable, lines)) + "\n"


def _cost(found: SweepEstimate) -> list[str]:
    if found.wall_s is None or found.cpu_s is None:
        return [f"what it takes cannot be told: {found.why}"]
    peak = "" if found.peak_memory_mb is None else f", at most {found.peak_memory_mb:,.0f} MiB a trial"
    return [
        f"about {found.wall_s / 60:.1f} minutes with one worker, {found.cpu_s / 60:.1f} CPU minutes{peak}",
        f"estimated from one timed step of {found.measured} trials, which took {found.calibration_s:.1f} s",
    ]


def plan_document(found: SweepEstimate) -> Mapping[str, Any]:
    """The same as JSON has it."""
    sweep = found.sweep
    return {
        "schema_version": 1,
        "lab": "sweep",
        "options": dict(sweep.plan.options),
        "trials": [
            {**trial.about, "identities": [cell.identity for cell in trial.cells]}
            for trial in sweep.course.trials
        ],
        "whole": {"trials": found.trials, "cells": found.cells, "wall_s": found.wall_s, "cpu_s": found.cpu_s,
                  "peak_memory_mb": found.peak_memory_mb, "calibration_s": found.calibration_s},
    }  # fmt: skip
