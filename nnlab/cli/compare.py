"""`nnlab compare`: the same training on two backends in lockstep, and where they part."""

import dataclasses
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.backends.base import BACKENDS
from nnlab.checks.parity.history import TOLERANCE
from nnlab.checks.parity.result import GRAVE, Comparison
from nnlab.cli.compare_runs import are_runs
from nnlab.cli.compare_runs import command as of_runs
from nnlab.cli.comparing import steps_shown
from nnlab.cli.comparison_text import comparison_text
from nnlab.cli.flags import ExperimentCommand, Part, of_each
from nnlab.cli.main import report, terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.progress import Display, display
from nnlab.cli.results import plan, plan_document
from nnlab.cli.signals import SignalNoted
from nnlab.core.errors import ComparisonError, NnlabError, UsageError, as_one
from nnlab.experiment import compare as comparing
from nnlab.experiment.backend_names import split_backend
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.plan import repeated
from nnlab.experiment.settings import NAMED
from nnlab.experiment.sources import SettingsSource, command_section, from_environment, from_file, from_flags
from nnlab.experiment.toml import document as toml
from nnlab.tracking.comparison.about import About
from nnlab.tracking.comparison.store import write_comparison
from nnlab.tracking.comparison.words import divergence_sentence
from nnlab.tracking.environment import environment
from nnlab.tracking.store import RunStore
from nnlab.training.interrupts import InterruptsHeld

DEFAULT = "numpy,torch"

NO_PART = frozenset({
    "gradient_checks", "gradient_checks_interval", "gradient_checks_budget", "instability_checks", "early_stopping",
    "early_stopping_patience", "profiling", "tensorboard", "display_graphs", "display_samples", "track_layer",
    "dump_minibatches", "batch_norm_statistics", "folds", "divergence", "divergence_factor", "budget_minutes",
})  # fmt: skip
"""Settings of a training that a comparison takes and does not need."""


class CompareCommand(ExperimentCommand):
    """The settings of `nnlab train`, and what was typed, for the report."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Calls the callback with typed, the command line, besides parts."""
        if not ctx.resilient_parsing and are_runs(args) and not {"-h", "--help"} & set(args):
            ctx.params["runs"] = list(args)
            return []
        typed = shlex.join(["nnlab", "compare", *args])
        rest = super().parse_args(ctx, args)
        ctx.params["typed"] = typed
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Two runs are another question, which trains nothing."""
        if "runs" in ctx.params:
            try:
                return of_runs.main(args=ctx.params["runs"], prog_name="nnlab compare", standalone_mode=False)
            except click.NoSuchOption as error:
                what = "has no part in a comparison of two runs, which trains nothing"
                raise UsageError(what, where=error.option_name, hint="leave it out, or name a dataset") from None
        return super().invoke(ctx)


@dataclasses.dataclass(frozen=True)
class PlannedComparison:
    """One comparison to make."""

    experiment: Experiment
    backends: tuple[str, str]

    @property
    def config(self) -> str:
        """The text of config.toml: the experiment's, and the backends."""
        return f"{self.experiment.to_toml()}\n{toml({'compare': {'backends': self.backends}})}"


@click.command(
    "compare",
    cls=CompareCommand,
    params=[
        click.Option(["--backends", "backends"], metavar="A,B", help=f"the two to compare [{DEFAULT}]"),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of text"),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress, only results and errors"),
        click.Option(["--verbose", "-v", "verbose"], is_flag=True, help="every tensor, not the worst of each kind"),
        click.Option(["--dry-run", "dry_run"], is_flag=True, help="say what would be compared, train nothing"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def command(parts: Sequence[Part], typed: str) -> int:
    """Train on two backends in lockstep and say where they part, and why. Exits with 4 on a bug or a convention.

    Same weights, same batches, same dropout: after every step each activation, gradient, optimizer slot and weight is
    compared. It takes every setting of `nnlab train` and leaves a folder with a page, report.html.

    Of two runs that were trained it says whether the second is better than the first, by the same test pictures
    (--partition=dev by those of dev); it trains nothing, and exits with 0.

    \b
    nnlab compare --backends=numpy,torch --model=NLayers --epochs=20
    nnlab compare RUN RUN
    """
    terminate_as_interrupt()
    wanted = {name for part in parts for name, value in part.command.items() if value}
    screen = display(quiet="quiet" in wanted)
    messages_to(screen.say, screen.warn)
    planned = list(_planned(parts))
    for note in dict.fromkeys(_notes(parts, planned)):
        screen.say(note)
    if "dry_run" in wanted:
        for one in planned:
            comparing.require_backends(one.experiment, one.backends)
        if "json" in wanted:
            described = [{"backends": list(one.backends), **plan_document(one.experiment)} for one in planned]
            click.echo(json.dumps({"schema_version": 1, "experiments": described}, indent=2))
        else:
            texts = (f"{' and '.join(one.backends)}, in lockstep\n\n{plan(one.experiment)}" for one in planned)
            echo("\n".join(texts))
        return 0
    documents, code = _compare_all(planned, typed, screen, wanted)
    if "json" in wanted and documents:
        several = {"schema_version": 1, "comparisons": documents}
        click.echo(json.dumps(documents[0] if len(planned) == 1 else several, indent=2, allow_nan=False))
    return code


def _notes(parts: Sequence[Part], planned: Sequence[PlannedComparison]) -> Iterator[str]:
    for one in planned:
        yield from one.experiment.notes
    for part in parts:
        for key in part.flags.values:
            if key.rpartition(".")[2] in NO_PART:
                yield f"{part.flags.where(key)} has no part in a comparison"


def _planned(parts: Sequence[Part]) -> Iterator[PlannedComparison]:
    """Every comparison that is asked for; the mistakes of all parts are raised together."""
    environment_says = from_environment(os.environ)
    resolved = of_each(parts, lambda part: _resolved(part, environment_says))
    pairs = [backends for experiment, backends in resolved for _ in range(experiment.run.training_times)]
    experiments = repeated([experiment for experiment, _ in resolved])
    return (PlannedComparison(experiment, backends) for experiment, backends in zip(experiments, pairs, strict=True))


def _resolved(part: Part, environment_says: SettingsSource) -> tuple[Experiment, tuple[str, str]]:
    files = [from_file(part.config)] if part.config else []
    backends = _backends(part)
    _refuse_other_backends((part.flags, environment_says, *files), backends)
    first = from_flags({**part.flags.values, "backend": backends[0]})
    experiment = resolve(first, environment_says, *files)
    comparing.refuse_incomparable(experiment)
    return experiment, backends


def _backends(part: Part) -> tuple[str, str]:
    """The two that --backends names, or the file's section [compare]."""
    said: Any = part.command.get("backends")
    if said is None:
        said = command_section(part.config, "compare").get("backends") if part.config else None
    words = said if isinstance(said, list) else str(DEFAULT if said is None else said).split(",")
    names = []
    for word in (str(word).strip() for word in words):
        try:
            names.append(BACKENDS.name_of(word))
        except UsageError as error:
            raise UsageError(error.what, where="--backends", hint=error.hint) from None
    if len(names) != 2 or names[0] == names[1]:
        raise UsageError(
            f"must be two different backends, got {','.join(names)}",
            where="--backends",
            hint="such as --backends=numpy,torch",
        )
    return names[0], names[1]


def _refuse_other_backends(sources: Sequence[SettingsSource], backends: tuple[str, str]) -> None:
    """Refuses what says a backend of its own. A file's run.backend, which every run folder has, counts for nothing."""
    both = " and ".join(backends)
    mistakes: list[NnlabError] = []
    for source in sources:
        for key, value in source.values.items():
            short, where = key.rpartition(".")[2], source.where(key)
            if source.kind == "flag" and short == "backend":
                hint = f"leave it out; --backends={','.join(backends)} says which"
                mistakes.append(UsageError("names one backend, but a comparison needs two", where=where, hint=hint))
            elif source.kind == "flag" and short == "resume":
                hint = "leave it out; --weights=RUN starts from a run's weights"
                mistakes.append(UsageError("a comparison cannot go on with a run", where=where, hint=hint))
            elif short in NAMED and short != "backend" and (affix := _affix(short, value)) is not None:
                what = f"{value} is for {affix[1]} alone, but {both} are compared"
                mistakes.append(UsageError(what, where=where, hint=f"give {affix[0]}"))
    if mistakes:
        raise as_one(mistakes)


def _affix(key: str, value: Any) -> tuple[str, str] | None:
    """The plain name and the backend of a name that has one in it."""
    try:
        named = split_backend(str(value), NAMED[key])
    except UsageError:  # no such name: said by those that resolve it
        return None
    return (named.name, named.backend) if named.backend else None


def _compare_all(
    planned: Sequence[PlannedComparison], typed: str, screen: Display, wanted: set[str]
) -> tuple[list[Mapping[str, Any]], int]:
    """One comparison after the other; one that fails is reported and does not take the others with it."""
    documents: list[Mapping[str, Any]] = []
    code = 0
    for one in planned:
        try:
            comparison, about, signum = _compared(one, typed, screen)
            with InterruptsHeld():
                document = write_comparison(Path(one.experiment.run.runs_dir), comparison, about)
        except NnlabError as error:
            report(error)
            code = code or error.exit_code
            continue
        documents.append(document)
        if "json" not in wanted:
            echo(comparison_text(comparison, about, report=document["report"], verbose="verbose" in wanted))
            sys.stdout.flush()
        first = comparison.first
        if first is not None and first.kind in GRAVE:
            hint = f"see {document['report']}"
            report(ComparisonError(divergence_sentence(first), where=about.exp_id, hint=hint))
            code = code or ComparisonError.exit_code
        if signum is not None:
            screen.say(f"interrupted: what was compared is in {document['folder']}")
            return documents, 128 + signum
    return documents, code


def _compared(one: PlannedComparison, typed: str, screen: Display) -> tuple[Comparison, About, int | None]:
    """One comparison, what it was of, and the signal that ended it early."""
    experiment, began = one.experiment, time.perf_counter()
    RunStore.probe(Path(experiment.run.runs_dir))
    with SignalNoted() as noted, steps_shown(screen, experiment) as steps:
        comparison = comparing.compare(experiment, one.backends, progress=steps.images_done, on_step=steps.step)
    about = About(
        exp_id=experiment.run.exp_id,
        config=one.config,
        typed=typed,
        tolerance=TOLERANCE[comparison.dtype],
        seconds=time.perf_counter() - began,
        interrupted=noted.signum is not None,
        environment=environment(),
    )
    return comparison, about, noted.signum
