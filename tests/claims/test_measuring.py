"""Figures of runs, worked by hand from what their folders hold."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nnlab.claims.grammar import Call
from nnlab.claims.measuring import Made, at_path, measured
from nnlab.claims.of_run import right_of
from nnlab.claims.reading import reading_of
from nnlab.core.errors import UsageError
from nnlab.tracking.run import Run


def a_run(folder: Path, losses: Sequence[float | None], accuracies: Sequence[float | None], **summary: Any) -> Path:
    """A run folder: training's losses and accuracies epoch by epoch, dev's the same."""
    folder.mkdir()
    (folder / "config.toml").write_text("[run]\n")
    rows = [
        {"epoch": epoch, "partition": name, "loss": loss, "accuracy": accuracy, "seconds": 0.5 * epoch}
        for epoch, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True), start=1)
        for name in ("training", "dev")
    ]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    score = {"loss": losses[-1], "accuracy": accuracies[-1], "samples": 4}
    told = {"stopped": "finished", "dev": score, "elapsed_s": 3.5, "parameters": 7, **summary}
    (folder / "summary.json").write_text(json.dumps(told))
    answers = [
        {"partition": "dev", "source": f"{at}.png", "actual": "a", "predicted": "a" if at in (0, 3) else "b"}
        for at in range(4)
    ]
    (folder / "predictions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in answers))
    return folder


@pytest.fixture
def made(tmp_path: Path) -> dict[str, Made]:
    first = a_run(tmp_path / "a0", [3.0, 5.0, 0.4, 0.2], [0.5, 1.0, 0.5, 1.0], instability_checks={"unstable": 2})
    second = a_run(tmp_path / "a1", [2.0, 0.4, 0.3, 0.1], [0.5, 1.0, 1.0, 0.5])
    other = a_run(tmp_path / "b0", [3.0, 5.0, 0.4, 0.25], [0.5, 1.0, 0.75, 1.0])
    return {
        "a": Made({"0": first, "1": second}),
        "b": Made({"0": other}),
        "c": Made({}, document={"x": [{"name": "y", "z": 3}]}),
    }


@pytest.mark.parametrize(
    ("measure", "arguments", "each"),
    [
        ("dev_accuracy", ("a",), {"0": 1.0, "1": 0.5}),
        ("highest_loss", ("a",), {"0": 5.0, "1": 2.0}),
        ("solved_epoch", ("a",), {"0": 4, "1": None}),  # the first is right of all in epoch 2 too, and not in 3
        ("epoch_below", ("a", "0.5"), {"0": 3, "1": 2}),
        ("accuracy", ("a", "3", "training"), {"0": 0.5, "1": 1.0}),
        ("late_accuracy", ("a", "dev"), {"0": 0.75, "1": 0.75}),
        ("epoch_seconds", ("a",), {"0": 1.25, "1": 1.25}),
        ("seconds", ("a",), {"0": 3.5, "1": 3.5}),
        ("score", ("a", "loss", "dev"), {"0": 0.2, "1": 0.1}),
        ("unstable_steps", ("a",), {"0": 2, "1": None}),
        ("loss_apart", ("a", "b"), {"0": pytest.approx(0.05)}),  # the seed that both have
        ("accuracy_apart", ("a", "b"), {"0": 0.25}),
        ("spread", ("a", "dev"), {"": pytest.approx(0.35355, abs=1e-5)}),  # 0.5 / sqrt(2)
        ("figure", ("c", "x.y.z"), {"": 3}),
        ("figure", ("c", "x.0.z"), {"": 3}),
    ],
)
def test_figures_by_hand(measure: str, arguments: tuple[str, ...], each: dict[str, Any], made: dict[str, Made]) -> None:
    assert dict(measured(Call(measure, arguments), made).each) == each


def test_which_samples_were_answered_right_is_a_bit_for_each(made: dict[str, Made]) -> None:
    found = measured(Call("dev_accuracy", ("a",)), made)
    assert (found.n, dict(found.right)) == (4, {"0": "9", "1": "9"})
    assert found.pictures["0"] == found.pictures["1"]
    assert right_of(Run(made["a"].folders["0"]), "test") == ("", "")


@pytest.mark.parametrize(
    ("measure", "arguments", "said"),
    [
        ("accuracy", ("a", "9", "dev"), "has no epoch 9 of dev"),
        ("score", ("a", "acuracy", "dev"), "dev has no acuracy; did you mean accuracy?"),
        ("spread", ("b", "dev"), "one run has no spread"),
        ("figure", ("c", "x.w"), "there is no 'w'; did you mean y?"),
        ("seconds", ("c",), "is of trainings"),
    ],
)
def test_figures_that_runs_do_not_have(
    measure: str, arguments: tuple[str, ...], said: str, made: dict[str, Made]
) -> None:
    with pytest.raises(UsageError) as raised:
        measured(Call(measure, arguments), made)
    assert said.split(";")[0] in str(raised.value)


@pytest.mark.parametrize(
    ("measure", "arguments", "figure"),
    [
        ("late_accuracy", ("d", "dev"), None),  # of a task that has no accuracy
        ("accuracy", ("d", "1", "dev"), None),
        ("epoch_below", ("d", "4"), None),  # its loss became no number, and is null in the file
        ("highest_loss", ("d",), 3.0),
        ("loss_apart", ("d", "b"), None),
        ("accuracy_apart", ("b", "d"), None),
        ("figure", ("e", "x"), None),  # Python's JSON has Infinity
    ],
)
def test_what_is_no_number_is_no_figure(
    measure: str, arguments: tuple[str, ...], figure: float | None, made: dict[str, Made], tmp_path: Path
) -> None:
    diverged = a_run(tmp_path / "d0", [3.0, None, None, None], [None] * 4)
    every = {**made, "d": Made({"0": diverged}), "e": Made({}, document={"x": float("inf")})}
    found = measured(Call(measure, arguments), every)
    assert list(found.each.values()) == [figure]
    reading_of(json.loads(json.dumps(found.document())), "evidence")  # which is refused where it is damaged


def test_a_path_ends_at_a_figure() -> None:
    with pytest.raises(UsageError, match="is no figure; name one within it"):
        at_path({"a": {"b": 1}}, "a", "figure(x, a)")
    assert at_path({"a": {"b": True, "c": "word"}}, "a.c", "figure(x, a.c)") == "word"
