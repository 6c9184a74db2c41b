"""`nnlab check`: every component's gradient against differences, or one model's, without training."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import click

from nnlab.backends.base import BACKENDS
from nnlab.checks.findings import Row
from nnlab.checks.validate import Candidate, validate, validate_one
from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.main import report
from nnlab.cli.output import echo, echo_line
from nnlab.core.errors import CheckError, UsageError
from nnlab.core.heads import OUTPUT, Head, Kind
from nnlab.core.rng import Rng
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.options import RunOptions
from nnlab.experiment.settings import CHOICES, settings
from nnlab.experiment.sources import from_environment, from_file, from_flags
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.one_layer import OneLayer
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer

ABOUT_MODELS = ("task", "model", "optimizer", "schedule", "loss")
"""The sections that say what is checked; data and epochs have no part in it."""

ENGINE = ("backend", "device", "threads", "amp", "compile", "convolution")
"""Settings that say what is checked on, whether a model is described or not."""

ALSO = (*ENGINE, "model_seed", "dataset_seed", "prepare")
"""Settings of other sections that are taken."""


class CheckCommand(ExperimentCommand):
    """The settings of `nnlab train` that describe a model and what trains it."""

    sections = ABOUT_MODELS


@click.command(
    "check",
    cls=CheckCommand,
    params=[
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of a table"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Check every component against what its kind must do, or one model with its options. Exits with 3 on a failure.

    Gradients are held against differences in float64, update rules against the recurrence of their paper, float32
    against float64; forward must change nothing, backward must add. What stands for a component on another backend
    is held against the hand-written one: values, gradients and updates, to the last digits.

    \b
    nnlab check
    nnlab check --backend=torch
    nnlab check --model=NLayers --layers=16,8 --activation=Tanh --weight-decay=1e-3
    """
    as_json = any(part.command.get("json") for part in parts)
    wanted = [_wanted(part) for part in parts]  # every mistake is said before the first row
    for part in wanted:
        _try_out(part.experiment.run)
    rows: list[Row] = []
    if not as_json:
        echo(_line("component", "kind", "backend", "worst error", "verdict", "where"))
    for row in _rows(wanted):
        rows.append(row)
        if not as_json:
            error = "-" if row.worst_relative_error is None else f"{row.worst_relative_error:.1e}"
            verdict = "ok" if row.passed else "FAILED"
            echo_line(_line(row.component, row.kind, row.backend, error, verdict, row.where))
    failed = [row for row in rows if not row.passed]
    if as_json:
        click.echo(json.dumps(_document(rows), indent=2, allow_nan=False))
    else:
        echo(f"\n{len(rows) - len(failed)} passed, {len(failed)} failed")
    if failed:
        names = ", ".join(f"{row.kind} {row.component}" for row in failed)
        report(CheckError(f"{len(failed)} of {len(rows)} components failed", where=names, hint="see `where` above"))
        return CheckError.exit_code
    return 0


def _line(*cells: str) -> str:
    widths = (20, 12, 8, 12, 8)
    return "".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)) + cells[-1]


def _document(rows: Sequence[Row]) -> dict[str, Any]:
    """The JSON document of the command-line contract."""
    passed = sum(row.passed for row in rows)
    return {
        "schema_version": 1,
        "passed": passed,
        "failed": len(rows) - passed,
        "results": [row.record() for row in rows],
    }


@dataclass(frozen=True)
class Wanted:
    """What one part of the command line asks for.

    Options:  whole: every component; else the experiment's model, loss and update rule.
    """

    experiment: Experiment
    whole: bool


def _rows(wanted: Sequence[Wanted]) -> Iterator[Row]:
    """Every component when no model is described, else the models that are."""
    for part in wanted:
        run = part.experiment.run
        backend = BACKENDS.get(run.backend)
        candidate = Candidate(partial(backend.of, engine=run.engine), run.backend, backend.translated())
        if part.whole:
            yield from validate(candidate)
            continue
        experiment = part.experiment
        yield from validate_one(
            experiment.model,
            candidate,
            loss=experiment.loss,
            optimizer=experiment.optimizer,
            kind=_kind(experiment),
            seed=run.model_seed,
        )


def _kind(experiment: Experiment) -> Kind:
    """What the head is that the loss is of."""
    heads = experiment.task.heads(("a", "b"), (1,)).values()
    taken = (head.kind for head in heads if any(head.takes(emits) for emits in experiment.loss.takes))
    return next(taken, experiment.task.first_head.kind)


def _try_out(run: RunOptions) -> None:
    """Raises MissingError or UsageError: when the backend is not there, or not as it is asked for."""
    graph = OneLayer().graph((1,), {OUTPUT: Head((2,))}).build((1,), rng=Rng(0), dtype="float64")
    BACKENDS.get(run.backend).of(graph, loss=CrossEntropy(), optimizer=Optimizer(Constant()), engine=run.engine)


def _wanted(part: Part) -> Wanted:
    described = part.config or any(key.rpartition(".")[2] not in ENGINE for key in part.flags.values)
    return Wanted(_experiment(part), whole=not described)


def _experiment(part: Part) -> Experiment:
    sections = {setting.key: setting.section for setting in settings()} | {section: section for section in CHOICES}
    for key in part.flags.values:
        section = key.partition(".")[0] if "." in key else sections.get(key, "model")
        if section not in ABOUT_MODELS and key.rpartition(".")[2] not in ALSO:
            flag = part.flags.where(key)
            raise UsageError("has no part in a check, which needs no data", where=flag, hint=f"leave {flag} out")
    flags = from_flags({"prepare": "none", **part.flags.values})
    files = [from_file(part.config)] if part.config else []
    return resolve(flags, from_environment(os.environ), *files)
