"""Answers summed up from rows, never held all at once."""

from typing import Any

from nnlab.tracking.report.answers import MOST_WRONG, gathered


def test_counts_confidence_and_the_worst_are_by_partition(rows: Any) -> None:
    found = gathered(rows.predictions())
    test = found["test"]
    assert (test.samples, test.correct, test.largest, found["dev"].samples) == (6, 3, 3, 1)
    assert test.counts["cat", "owl"] == 1 and test.counts["owl", None] == 1
    assert list(zip(test.confidence, test.right, strict=True)) == [
        (0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.95, False),
    ]  # fmt: skip
    assert [row["source"] for row in test.worst] == ["owl/5.png", "dog/4.png", "cat/2.png"]
    assert "probabilities" not in test.worst[0]


def test_without_losses_the_surest_mistakes_are_the_worst_and_of_equals_the_first() -> None:
    said = [("a", 0.5), ("b", 0.9), ("c", 0.9)]
    rows = [{"partition": "dev", "source": s, "actual": "x", "predicted": "y", "confidence": c} for s, c in said]
    assert [row["source"] for row in gathered(rows)["dev"].worst] == ["b", "c", "a"]


def test_no_more_mistakes_are_kept_than_are_listed() -> None:
    many = ({"partition": "dev", "actual": "x", "predicted": "y", "loss": float(place)} for place in range(1000))
    worst = gathered(many)["dev"].worst
    assert [row["loss"] for row in worst] == [999.0 - place for place in range(MOST_WRONG)]


def test_rows_of_another_task_or_of_nonsense_are_left_out() -> None:
    assert gathered([{"partition": "dev", "actual": {"angle": 1.0}, "predicted": {"angle": 2.0}}]) == {}
    odd = {"partition": "dev", "actual": "x", "predicted": "x", "confidence": 7, "loss": "much"}
    assert gathered([odd])["dev"].confidence == []
