"""`nnlab bench`: time and memory of the same training across backends and image libraries."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.bench_flags import COMPARED, chart_of, compared, repeats_of
from nnlab.cli.bench_results import BenchDisplay, table
from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.main import report, terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.core.machine import usable_cores
from nnlab.experiment.bench.bench import Benchmark, bench, load_of_the_machine
from nnlab.experiment.bench.folder import copy_chart, write
from nnlab.experiment.bench.plan import plan
from nnlab.experiment.build import require_backend
from nnlab.tracking.files import to_json
from nnlab.tracking.store import RunStore


@click.command(
    "bench",
    cls=ExperimentCommand,
    params=[
        click.Option(
            ["--backends", "backends"], metavar="NAMES", help=f"backends to compare [{COMPARED['backends'][1]}]"
        ),
        click.Option(
            ["--data-loaders", "data_loaders"],
            metavar="NAMES",
            help=f"image libraries to compare [{COMPARED['data_loaders'][1]}]",
        ),
        click.Option(["--peers", "peers"], is_flag=True, help="scikit-learn and plain torch loops beside them"),
        click.Option(["--repeats", "repeats"], metavar="INT", help="run every cell so many times, anew [1]"),
        click.Option(["--chart", "chart"], metavar="FILE.png", type=PATH, help="the bar chart, written there too"),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of a table"),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress, only results and errors"),
        click.Option(["--dry-run", "dry_run"], is_flag=True, help="list what would be measured, measure nothing"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Measure the same training on several backends and image libraries: loading, epochs, memory, dev accuracy.

    Without settings it is the reference system's benchmark: numbers at 110x110, one layer of 100, Adam, 100 epochs.
    Settings of the run (--epochs, --dtype, --threads, ...) change that; with any other, what is measured is what
    nnlab train trains with the same settings. Every cell has a process of its own; they take turns epoch by epoch.

    \b
    nnlab bench --peers
    nnlab bench --backends=numpy --layers=400,200,100 -e --layers=100
    """
    terminate_as_interrupt()
    wanted = _wanted(parts)
    screen = BenchDisplay(quiet=bool(wanted.get("quiet")))
    messages_to(screen.say, screen.warn)
    repeats, chart = repeats_of(wanted.get("repeats")), chart_of(wanted.get("chart"))
    experiments = compared(parts, wanted)
    planned = plan(experiments, peers=bool(wanted.get("peers")))
    for note in dict.fromkeys([*(note for experiment, _ in experiments for note in experiment.notes), *planned.notes]):
        screen.say(note)
    if wanted.get("dry_run"):
        for cell in planned.cells:
            run = cell.experiment.run
            if cell.peer is None:
                require_backend(cell.experiment)
            echo(f"{run.exp_id} · {cell.label} · {run.dtype} · {run.epochs} epochs x {repeats}")
        return 0
    runs_dir = Path(experiments[0][0].run.runs_dir)
    RunStore.probe(runs_dir)
    _warn_when_busy(screen)
    with screen.live():
        benchmark = bench(planned, repeats=repeats, watcher=screen)
    _show(benchmark, as_json=bool(wanted.get("json")))
    screen.say(f"benchmark folder: {write(benchmark, runs_dir)}")
    if chart is not None:
        copy_chart(benchmark, chart)
    for row in benchmark.document["rows"]:
        if row["error"] is not None:
            report(f"{row['backend']} · {row['data_loader']}: {row['error']}")
    return benchmark.exit_code


def _show(benchmark: Benchmark, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(benchmark.document, indent=2))
    else:
        table(benchmark.document)


def _wanted(parts: Sequence[Part]) -> dict[str, Any]:
    """The command's own flags, wherever among the parts they are said."""
    said = ((name, value) for part in parts for name, value in part.command.items())
    return {name: value for name, value in said if value or value == ""}  # "": a list of no names, a mistake


def _warn_when_busy(screen: BenchDisplay) -> None:
    load, cores = load_of_the_machine()["load_average"], usable_cores()
    if load is not None and load > cores / 2:
        trust = "trust the ratios, not the times"
        screen.warn(f"nnlab: warning: the machine is busy (load {load:.1f} on {cores} cores); {trust}")
