"""Writes what a benchmark gave: `runs/<date>-<exp-id>-bench-<hash>/`."""

from pathlib import Path

from nnlab.core.errors import RunError
from nnlab.experiment.bench.bench import Benchmark
from nnlab.experiment.bench.f14 import REPORTED
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.files import to_json, write_whole
from nnlab.tracking.plots_bench import Bar, Reference, draw_bench
from nnlab.tracking.store import file_name, new_folder


def write(benchmark: Benchmark, runs_dir: Path) -> Path:
    """A new folder with the configuration, the environment, bench.json and chart.png; `latest` stays as it is.

    Where there are several experiments, the others' configurations are config-<exp-id>.toml.

    Raises:  RunError: when it cannot be written.
    """
    experiments = {cell.experiment.run.exp_id: cell.experiment for cell in reversed(benchmark.plan.cells)}
    first, *others = list(experiments.values())[::-1]
    folder = new_folder(runs_dir, f"{first.run.exp_id}-bench", first.to_toml())
    write_whole(folder / "config.toml", first.to_toml())
    for other in others:
        write_whole(folder / f"config-{file_name(other.run.exp_id)}.toml", other.to_toml())
    write_whole(folder / "environment.json", to_json(benchmark.document["machine"], indent=2) + "\n")
    write_whole(folder / "bench.json", to_json(benchmark.document, indent=2) + "\n")
    with if_drawn(folder / "chart.png"):
        draw(benchmark, folder / "chart.png")
    return folder


def draw(benchmark: Benchmark, path: Path) -> None:
    """The bar chart; the reference's figures beside ours where it is the reference's benchmark."""
    document = benchmark.document
    several = len({row["experiment"] for row in document["rows"]}) > 1
    bars = [
        Bar(
            name=(f"{row['experiment']} · " if several else "") + f"{row['backend']} · {row['data_loader']}",
            peer=row["peer"],
            epoch_ms=row["epoch_ms"],
            quartiles=(row["epoch_ms_q1"], row["epoch_ms_q3"]),
            load_s=row["load_s"],
            train_s=row["train_s"],
            memory_mb=row["peak_memory_mb"],
        )
        for row in document["rows"]
        if row["error"] is None
    ]
    if not bars:
        return
    reference = [Reference(f"{each.backend} · {each.data_loader}", each.seconds, each.memory_mb) for each in REPORTED]
    draw_bench(path, bars, title=_title(benchmark), note=_note(benchmark), reference=reference * document["f14"])


def _title(benchmark: Benchmark) -> str:
    experiments = {cell.experiment.run.exp_id: cell.experiment for cell in benchmark.plan.cells}
    if len(experiments) > 1:
        return f"Benchmark of {', '.join(experiments)}"
    (experiment,) = experiments.values()
    layers = getattr(experiment.model, "layers", None)
    shown = f"({','.join(map(str, layers))})" if layers is not None else ""
    wide, high = experiment.data.resize
    what = f"{experiment.chosen['model']}{shown} with {experiment.chosen['optimizer']} on {experiment.data.dataset}"
    return f"{what}, {wide}x{high}, {experiment.run.dtype}"


def _note(benchmark: Benchmark) -> str:
    machine, row = benchmark.document["machine"], benchmark.document["rows"][0]
    load = machine["load_average"]
    busy = "" if load is None else f", load {load:.1f} at the start"
    peers = " · orange: other libraries' loops" if any(row["peer"] for row in benchmark.document["rows"]) else ""
    return f"{machine['processor']}, {machine['cores']['usable']} cores{busy} · threads {row['threads']}{peers}"


def copy_chart(benchmark: Benchmark, path: Path) -> None:
    """The chart once more, where the user wants it. Raises RunError: when it cannot be written there."""
    if not path.parent.is_dir():
        raise RunError("no such folder", where=str(path.parent), hint="make it, or choose another with --chart")
    draw(benchmark, path)
