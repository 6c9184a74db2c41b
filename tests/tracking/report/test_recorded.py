"""What a run folder holds, as its page needs it."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnlab.tracking.report.curves import drawn_epochs, values_of
from nnlab.tracking.report.recorded import Recorded, figure_keys, number
from nnlab.tracking.run import read_run


def test_figures_stand_between_loss_and_samples() -> None:
    row = {"epoch": 1, "partition": "dev", "loss": 1.0, "f1": 0.5, "accuracy": None, "samples": 3, "seconds": 1}
    assert figure_keys(row) == ["f1", "accuracy"]
    assert figure_keys({}) == []


def test_what_is_no_number_is_none() -> None:
    row = {"a": 1, "b": "1", "c": True, "d": {"e": 2.5}, "f": None}
    assert number(row, "a") == 1.0 and number(row, "d", "e") == 2.5
    assert all(math.isnan(number(row, *keys)) for keys in [("b",), ("c",), ("d",), ("f",), ("g", "h"), ("a", "b")])


def test_an_epoch_that_was_learnt_again_counts_once(made: Callable[..., Path], rows: Any) -> None:
    twice = [*rows.metrics(2), *({**row, "loss": 9.0} for row in rows.metrics(2)[2:])]
    recorded = Recorded(read_run(made({"metrics.jsonl": rows.lines(twice)})))
    assert list(recorded.epochs) == [1, 2]
    assert values_of(recorded, [1, 2], "dev", "loss").tolist() == [4.0, 9.0]


def test_what_was_not_finite_is_drawn_at_the_top_and_what_is_missing_not_at_all(
    made: Callable[..., Path], rows: Any
) -> None:
    broken = [{**rows.metrics(1)[0], "loss": None}]
    recorded = Recorded(read_run(made({"metrics.jsonl": rows.lines(broken)})))
    assert values_of(recorded, [1], "training", "loss").tolist() == [math.inf]
    assert math.isnan(values_of(recorded, [1], "dev", "loss")[0])


def test_of_very_many_epochs_the_first_and_the_last_are_drawn(made: Callable[..., Path], rows: Any) -> None:
    recorded = Recorded(read_run(made({"metrics.jsonl": rows.lines(rows.metrics(1500))})))
    drawn = drawn_epochs(recorded)
    assert len(drawn) == 600 and (drawn[0], drawn[-1]) == (1, 1500)
