"""Which networks can be told apart: a tie is a tie, one seed names no winner, what costs otherwise is no equal."""

from typing import Any

import numpy as np
import pytest

from nnlab.labs.resolution.scored import Scored
from nnlab.labs.scaling.candidates import Candidate, Candidates
from nnlab.labs.scaling.opened import Opened
from nnlab.labs.scaling.search import BASE, Grid, Search
from nnlab.labs.scaling.shown import head, rows, sentences
from nnlab.models.growth import Grown
from nnlab.tracking.judged import Judge

SHARE = Judge("accuracy", "accuracy", is_share=True)


def grown(ratio: float) -> Grown:
    return Grown(1.0, (45, 45), (17, 23), (1, 2), 50_000, 3_000, round(4e6 * ratio), 250_000, ratio, 2.0)


def row(repeat: int, accuracy: float, running: float | None = None) -> dict[str, Any]:
    def kept(figure: float) -> dict[str, Any]:
        return Scored({"accuracy": figure}, 1.0, 100, None, np.zeros(1)).document()

    result = {
        "running": kept(accuracy if running is None else running), "precise": kept(accuracy), "dev_last": accuracy,
        "dev_median": accuracy, "latency_ms": {"p50": 1.0}, "chance": 0.1,
    }  # fmt: skip
    return {"repeat": repeat, "cpu_s": 10.0, "result": result, "status": "done"}


def found(ratios: dict[str, float], accuracies: dict[str, list[float]]) -> Candidates:
    made = [
        Candidate(name, grown(ratios[name]), tuple(row(place, value) for place, value in enumerate(values, 1)))
        for name, values in accuracies.items()
    ]
    search = Search("", max(map(len, accuracies.values())))
    return Candidates(Grid(search, {name: grown(ratio) for name, ratio in ratios.items()}), SHARE, tuple(made))


COSTS = {BASE: 1.0, "a": 2.0, "b": 1.95, "c": 1.6}


def test_a_winner_beats_every_other_of_its_cost() -> None:
    some = found(COSTS, {BASE: [0.6, 0.61, 0.6], "a": [0.8, 0.81, 0.8], "b": [0.7, 0.705, 0.7], "c": [0.9, 0.9, 0.9]})
    assert [one.name for one in some.equals] == ["a", "b"]
    assert some.chosen is not None and some.chosen.name == "a" and some.has_winner and not some.tied
    said = sentences(some, Opened("a", (0.78, 0.79, 0.80), 200))
    assert said[0].endswith("not compared as equals: c 1.60.")
    assert said[1].startswith("a is better than every other of the same cost (80.3% of dev)")
    assert any(line.startswith("Test, opened once, for a alone: 79.0% of 200 pictures, 95% interval") for line in said)


def test_a_tie_is_called_a_tie() -> None:
    """Six cells within 4 points, single figures scattering by 3: as on the published table."""
    chance = np.random.default_rng(0)
    names = [f"cell {place}" for place in range(1, 7)]
    accuracies = {name: (0.7 + 0.03 * chance.standard_normal(3)).tolist() for name in names}
    some = found({BASE: 1.0, **dict.fromkeys(names, 2.0)}, {BASE: [0.7, 0.7, 0.71], **accuracies})
    assert not some.has_winner and some.tied
    (said,) = (line for line in sentences(some, None) if line.startswith("A tie: "))
    assert said.endswith("cannot be told apart on dev with 3 seeds.")


@pytest.mark.parametrize("gap", [0.01, 0.4])
def test_one_seed_names_no_winner(gap: float) -> None:
    some = found(COSTS, {BASE: [0.5], "a": [0.5 + gap], "b": [0.5]})
    assert not some.has_winner
    said = sentences(some, None)
    assert said[0].startswith("One seed names no winner: a is the best of these on dev")
    assert not any("better than every other" in line for line in said)
    assert some.document()[1]["against_base"]["word"] == "cannot tell"


def test_what_costs_otherwise_is_no_equal() -> None:
    some = found(COSTS, {BASE: [0.6, 0.6], "a": [0.7, 0.71], "c": [0.9, 0.91]})
    table = {cells[0]: cells for cells in rows(some)}
    columns = list(head(some))
    assert table["c"][columns.index("against the best")] == "costs otherwise"
    assert table["c"][columns.index("cost")] == "1.600 (-20%)" and table["a"][columns.index("cost")] == "2.000"
    assert table["c"][columns.index("per million multiply-adds")] == "14.14"  # 90.5 points of 6.4 million
    assert some.document()[2]["against_chosen"] is None and some.document()[2]["is_equal"] is False
    assert sentences(some, None)[1].startswith("a alone costs what it ought to")


def test_running_statistics_that_lag() -> None:
    lagging = Candidate("a", grown(2.0), (row(1, 0.858, 0.825), row(2, 0.858, 0.825)))
    search = Search("", 2)
    some = Candidates(Grid(search, {"a": grown(2.0), BASE: grown(1.0)}), SHARE, (lagging,))
    assert any("more than 2 points: a (+3.3 points anew)" in line for line in sentences(some, None))
