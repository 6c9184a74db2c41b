"""The table of a sweep: ranked, with intervals, and cannot tell between leaders."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from nnlab.labs.cell import Cell
from nnlab.labs.row import Row, done, failed
from nnlab.labs.sweep.results import Result, ranked
from nnlab.labs.sweep.table import SweepTable, interval_of, interval_text, sentences
from nnlab.labs.sweep.trials import Trial
from nnlab.tracking.run import Run, read_run

CONFIG = '[run]\nexp_id = "a"\nmodel_seed = {seed}\n[data]\ndataset = "d"\n[accuracy]\nname = "Classes"\n'


def cell_of(number: int, repeat: int) -> Cell:
    job = {"meaning": [number, repeat], "settings": {"run": {"threads": 1}}}
    return Cell(f"t{number}", "Train", job, repeat)


@pytest.fixture
def made(tmp_path: Path):
    def result(
        number: int, values: Sequence[float], *, epochs: int | None = None, repeats: int = 0, loss: float = 1.0
    ) -> Result:
        runs: list[Run] = []
        for seed, value in enumerate(values):
            folder = tmp_path / f"20261127-120000-{number}_{seed}-0000000{seed}"
            folder.mkdir()
            (folder / "config.toml").write_text(CONFIG.format(seed=seed))
            score = {"loss": loss, "accuracy": value, "samples": 50, "chance": 0.5}
            summary = {"dev": score, "metric": "accuracy", "stopped": "finished"}
            (folder / "summary.json").write_text(json.dumps(summary))
            runs.append(read_run(folder))
        settings = {"learning_rate": number / 10}
        count = repeats or len(values)
        cells = tuple(cell_of(number, repeat) for repeat in range(1, count + 1))
        cost = {"wall_s": 2.0, "cpu_s": 1.0, "peak_memory_mb": 1.0}
        rows: list[Row] = [done(cell, {}, cost, {}) for cell in cells[: len(values)]]
        rows += [failed(cell, "x.png: is empty", 5) for cell in cells[len(values) :]]
        return Result(
            Trial(number, f"learning_rate={number / 10}", settings, cells), cells, tuple(rows), tuple(runs), 2.0, epochs
        )

    return result


def test_the_best_first_what_was_left_below_what_failed_last(made) -> None:
    every = [made(1, [0.5, 0.6]), made(2, [0.9, 0.8]), made(3, [0.95, 0.9], epochs=2), made(4, [0.99], repeats=2),
             made(5, [0.2, 0.2], epochs=4), made(6, [0.5, 0.6], loss=0.5)]  # fmt: skip
    found = ranked(every)
    assert [result.trial.number for result in found] == [2, 6, 1, 5, 3, 4]
    assert [result.status for result in found[3:]] == ["left after epoch 4", "left after epoch 2", "1 of 2 failed"]


def test_verdicts_and_words(made) -> None:
    every = [made(1, [0.50, 0.52, 0.51]), made(2, [0.90, 0.92, 0.94]), made(3, [0.91, 0.89, 0.95])]
    table = SweepTable(tuple(ranked([*every, made(4, [0.99, 0.98, 0.97], epochs=1)])), ("learning_rate",))
    assert list(table.head())[3] == "dev accuracy (chance 50.0%)"
    cells = {row[0]: row for row in table.rows()}
    assert [cells[number][5] for number in "2314"] == ["the best", "cannot tell", "worse", "-"]
    assert cells["2"][1:4] == ["0.2", "3", "92.0%"] and cells["2"][4] == "87.0% to 97.0%"
    assert [result.trial.number for result in table.tied] == [3]
    said = list(sentences(table, 6))
    assert said[0] == "The best of 3 whole trials is number 2, learning_rate=0.2: dev accuracy 92.0%, mean of 3 seeds."
    assert said[1] == "Cannot tell whether it is better than trial 3."
    assert said[-1] == "2 of 6 trials are not proposed yet."
    document = table.document()
    assert document[0]["dev"]["values"] == [0.9, 0.92, 0.94] and document[2]["against_the_best"]["word"] == "worse"
    json.dumps(document)


def test_a_clear_winner(made) -> None:
    table = SweepTable(tuple(ranked([made(1, [0.50, 0.52, 0.51]), made(2, [0.90, 0.92, 0.94])])), ("learning_rate",))
    assert table.tied == [] and any(line.startswith("It is better than every other") for line in sentences(table, 2))


def test_of_one_run_wilsons_interval(made) -> None:
    one = made(1, [0.8])
    assert interval_of(one) == pytest.approx((0.670, 0.888), abs=1e-3) and interval_text(one) == "67.0% to 88.8%"


def test_nothing_came_to_its_end(made) -> None:
    table = SweepTable((made(1, [], repeats=1),), ("learning_rate",))
    assert table.best is None and list(sentences(table, 1)) == ["No trial came to its end."]
    assert table.rows()[0] == ["1", "0.1", "0", "-", "-", "-", "2.0", "failed"]
