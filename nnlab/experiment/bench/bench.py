"""A benchmark from its plan to its document."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nnlab.data.makers.locate import dataset_folder
from nnlab.experiment.bench.f14 import is_f14
from nnlab.experiment.bench.plan import Cell, Plan
from nnlab.experiment.bench.rows import Measured, rows
from nnlab.experiment.bench.turnstile import Told, Worker, environment_of_a_cell, take_turns
from nnlab.experiment.toml import document as toml
from nnlab.tracking.environment import environment

COMMAND = (sys.executable, "-P", "-m", "nnlab.experiment.bench.cell")


class Watcher:
    """What listens to a benchmark; this one says nothing."""

    def loading(self, cell: Cell, done: int, total: int) -> None:
        """A cell's process is started (done and total 0), or prepares its images."""

    def trained(self, epochs: int, total: int) -> None:
        """So many epochs of all cells together are done; only called between turns."""

    def warned(self, cell: Cell, line: str) -> None:
        """A cell has something to warn of."""


@dataclass(frozen=True, eq=False)
class Benchmark:
    """What was measured.

    Options:  document: as bench.json has it.  exit_code: of the first cell that failed; 0 when none has.
    """

    plan: Plan
    document: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """How the command is to end."""
        return next((row["exit_code"] for row in self.document["rows"] if row["error"] is not None), 0)


def bench(plan: Plan, *, repeats: int = 1, watcher: Watcher | None = None) -> Benchmark:
    """Runs every cell in a process of its own, `repeats` times: loading one by one, epochs in turns.

    However it ends, no process and no temporary folder is left behind.

    Raises:  DataError: when a dataset is not there.
    """
    machine = {**environment(), **load_of_the_machine()}
    if any(cell.peer is not None and cell.peer.name == "sklearn" for cell in plan.cells):
        machine["packages"]["scikit-learn"] = version("scikit-learn")
    watcher = watcher or Watcher()
    told = [_once(plan.cells, watcher, (turn, repeats)) for turn in range(repeats)]
    measured = [Measured(cell, [each[place] for each in told]) for place, cell in enumerate(plan.cells)]
    found, ratios = rows(measured)
    whole = bool(plan.cells) and all(is_f14(cell.experiment) for cell in plan.cells)
    return Benchmark(
        plan,
        {
            "schema_version": 1,
            "rows": found,
            "ratios": ratios,
            "f14": whole,
            "notes": list(plan.notes),
            "machine": machine,
        },
    )


def _once(cells: Sequence[Cell], watcher: Watcher, turn: tuple[int, int]) -> list[Told]:
    """One repetition: what each cell told."""
    done, repeats = turn
    epochs = [cell.experiment.run.epochs for cell in cells]
    with _workers(cells, watcher) as workers:

        def seen() -> None:
            trained = [most if w.told.error else len(w.told.epochs) for most, w in zip(epochs, workers, strict=True)]
            watcher.trained(done * sum(epochs) + sum(trained), repeats * sum(epochs))

        for cell, worker in zip(cells, workers, strict=True):
            watcher.loading(cell, 0, 0)
            worker.start()
        take_turns(workers, seen)
        return [worker.told for worker in workers]


@contextmanager
def _workers(cells: Sequence[Cell], watcher: Watcher) -> Iterator[list[Worker]]:
    """A worker for each cell, not started; they and their folders are gone afterwards."""
    workers: list[Worker] = []
    with tempfile.TemporaryDirectory(prefix="nnlab-bench-") as folder:
        try:
            for place, cell in enumerate(cells):
                workers.append(_worker(cell, Path(folder) / f"{place}", watcher))
            yield workers
        finally:
            for worker in workers:
                worker.end()


def _worker(cell: Cell, folder: Path, watcher: Watcher) -> Worker:
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text(_config_of(cell), encoding="utf-8")

    def heard(message: Mapping[str, Any]) -> None:
        if message["event"] == "images":
            watcher.loading(cell, message["done"], message["total"])
        elif message["event"] == "warning":
            watcher.warned(cell, message["line"])

    job = {"config": os.fspath(config), "peer": cell.peer.name if cell.peer else None}
    return Worker(COMMAND, job, environment=environment_of_a_cell(folder / "cache"), heard=heard)


def _config_of(cell: Cell) -> str:
    """The experiment's configuration, its dataset named by the folder: a set that nnlab draws is in the user's cache,
    which the cell does not see."""
    experiment = cell.experiment
    found = dataset_folder(experiment.data.dataset, experiment.data.datasets_path).resolve()
    sections = {
        name: ({"name": experiment.chosen[name]} if name in experiment.chosen else {}) | dict(table)
        for name, table in experiment.sections.items()
    }
    sections["data"] |= {"dataset": found.name, "datasets_path": os.fspath(found.parent)}
    return toml(sections)


def load_of_the_machine() -> dict[str, Any]:
    """How many processes wanted a core in the last minute, where the system tells."""
    return {"load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}
