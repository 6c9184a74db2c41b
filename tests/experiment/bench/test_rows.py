"""From what cells told to medians, spreads and ratios."""

from collections.abc import Callable, Sequence

import pytest

from nnlab.experiment.bench.plan import Cell
from nnlab.experiment.bench.rows import Measured, ratio, rows, warm_up
from nnlab.experiment.bench.turnstile import Told
from nnlab.experiment.experiment import Experiment

Made = Callable[..., Experiment]


def told(times: Sequence[float], load_s: float = 2.0, memory: float = 100.0) -> Told:
    loaded = {"load_s": load_s, "device": "cpu", "parameters": 5, "samples": {"training": 3}}
    result = {"dev_accuracy": 0.75, "idle_cpu_ms": 1.0, "peak_memory_mb": memory}
    return Told([{"ms": ms, "cpu_ms": 2 * ms} for ms in times], loaded, result)


@pytest.mark.parametrize(("epochs", "left_out"), [(1, 0), (2, 0), (3, 1), (9, 1), (10, 3), (100, 3)])
def test_the_first_epochs_warm_up(epochs: int, left_out: int) -> None:
    assert warm_up(epochs) == left_out


def test_a_row_has_medians_and_quartiles_without_the_warm_up(experiment: Made) -> None:
    times = [900.0, 900.0, 900.0, *(10.0 * n for n in range(1, 10))]
    row = Measured(Cell(experiment()), [told(times)]).row()
    assert (row["epoch_ms"], row["epoch_ms_q1"], row["epoch_ms_q3"]) == (50.0, 30.0, 70.0)
    assert row["cpu_ms"] == 100.0
    assert row["train_s"] == pytest.approx(3.15, rel=1e-12)  # all epochs, the warm-up too; a sum of floats
    assert (row["epochs"], row["warmup_epochs"], row["measured_epochs"]) == (12, 3, 9)
    assert (row["load_s"], row["peak_memory_mb"], row["dev_accuracy"]) == (2.0, 100.0, 0.75)
    assert (row["backend"], row["data_loader"], row["dtype"]) == ("numpy", "Vips", "float32")
    assert row["error"] is None


def test_repetitions_are_pooled(experiment: Made) -> None:
    made = Measured(Cell(experiment()), [told([9, 1, 2], 1.0, 50.0), told([9, 3, 4], 2.0, 70.0), told([9, 5, 6], 6.0)])
    row = made.row()
    assert row["repeats"] == 3
    assert row["measured_epochs"] == 6
    assert row["epoch_ms"] == 3.5
    assert (row["load_s"], row["peak_memory_mb"]) == (2.0, 100.0)
    assert row["train_s"] == 0.016


def test_ratios_pair_epochs_of_one_round(experiment: Made) -> None:
    """The machine is slow at times, once during one turn only: medians alone would say 22 / 30."""
    slow = [100.0, 20, 60, 22, 60, 21]
    fast = [100.0, 10, 30, 10, 30, 30]
    found, ratios = rows([Measured(Cell(experiment()), [told(slow)]), Measured(Cell(experiment()), [told(fast)])])
    assert [row["ratio"] for row in found] == [2.0, 1.0]
    assert ratios == [[1.0, 2.0], [0.5, 1.0]]
    assert ratio({(0, 1): 4.0, (0, 2): 9.0}, {(0, 1): 2.0}) == 2.0  # of those that both have
    assert ratio({(0, 1): 4.0}, {(1, 1): 2.0}) is None


def test_a_cell_that_failed_has_no_figures_and_spoils_no_others(experiment: Made) -> None:
    failed = Told([{"ms": 1.0, "cpu_ms": 1.0}], {"load_s": 1.0}, {}, "killed", 5)
    bad, good = Measured(Cell(experiment()), [told([5, 5, 5]), failed]), Measured(Cell(experiment()), [told([7, 7, 7])])
    found, ratios = rows([bad, good])
    assert (found[0]["error"], found[0]["exit_code"]) == ("killed", 5)
    for figure in ("load_s", "train_s", "epoch_ms", "ratio", "cpu_ms", "peak_memory_mb", "dev_accuracy"):
        assert found[0][figure] is None
    assert (found[1]["ratio"], found[1]["error"], found[1]["exit_code"]) == (1.0, None, 0)
    assert ratios == [[None, None], [None, 1.0]]
