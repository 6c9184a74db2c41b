"""A line of a study's table, by rows that are written by hand."""

from typing import Any

import pytest

from nnlab.core.quartiles import Quartiles
from nnlab.labs.studies import step_cells
from nnlab.labs.studies.line import Line
from nnlab.labs.studies.table import quartiles


def row(repeat: int, *seconds: float, load: float = 0.1) -> dict[str, Any]:
    epochs = [
        {"seconds": s, "phases_s": {"load": load * s, "forward": 0.4 * s, "evaluate": 0.2 * s}, "samples": 100}
        for s in seconds
    ]
    memory = {"before": 50.0, "peak": 20.0 + repeat, "training": 10.0 * repeat, "evaluation": None}
    result = {
        "run": "",
        "network": {"parameters": 7, "torchinfo_bytes": 3_000_000},
        "epochs": epochs,
        "memory_mb": memory,
    }
    return {"cell": "a", "repeat": repeat, "status": "done", "cpu_s": 2.0 * repeat, "result": result}


def test_figures_over_repeats_leave_out_each_runs_first_epoch() -> None:
    line = Line("a", (row(1, 9.0, 1.0, 2.0), row(2, 9.0, 3.0, 4.0)), ())
    assert line.epoch_s == Quartiles(1.75, 2.5, 3.25)
    assert line.pictures_s == pytest.approx(100 / 2.5)
    assert line.cpu_s == 3.0
    assert line.estimate_mb == 3.0
    assert (line.memory_mb("peak"), line.memory_mb("training"), line.memory_mb("evaluation")) == (22.0, 20.0, None)
    assert quartiles(line.epoch_s) == "2.50 (1.75 to 3.25)"


def test_phases_add_up_with_what_no_phase_has() -> None:
    line = Line("a", (row(1, 1.0, 2.0),), ())
    assert line.phases == pytest.approx(
        {"load": 0.1, "forward": 0.4, "backward": 0, "update": 0, "evaluate": 0.2, "rest": 0.3}
    )
    assert not line.is_loader_bound
    assert Line("a", (row(1, 1.0, 2.0, load=0.31),), ()).is_loader_bound


def test_steps_are_of_all_repeats_and_of_none_where_nobody_counted() -> None:
    told, silent = row(1, 1.0), row(2, 1.0)
    told["result"]["step_times"] = {
        "count": 5, "first": {"ms": 40.0, "cpu_ms": 30.0}, "ms": {"median": 4.0, "quartiles": [3.0, 5.0]},
        "cpu_ms": {"median": 3.5, "quartiles": [3.0, 4.0]}, "disturbed": 0.25, "undisturbed": None,
    }  # fmt: skip
    line = Line("a", (told, silent), ())
    assert line.steps is not None and line.steps.count == 5
    assert step_cells.cells(line.steps) == ["4.00 (3.00 to 5.00)", "-", "3.5", "40", "25%"]
    assert step_cells.cells(Line("a", (silent,), ()).steps) == ["-"] * len(step_cells.HEAD)


def test_a_run_of_one_epoch_is_on_the_clock() -> None:
    assert Line("a", (row(1, 4.0),), ()).epoch_s == Quartiles(4.0, 4.0, 4.0)
    assert Quartiles.of([]) is None
