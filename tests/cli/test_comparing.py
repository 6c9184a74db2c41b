"""Progress of a comparison."""

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from nnlab.checks.parity.result import StepDifferences
from nnlab.cli.comparing import steps_shown
from nnlab.cli.progress import Display, LiveDisplay, PlainDisplay

EXPERIMENT: Any = SimpleNamespace(run=SimpleNamespace(exp_id="main[1]", epochs=100))
STEPS = (
    StepDifferences(1, 1, {"loss": 0.0, "dense_1.weight": 3e-7}),
    StepDifferences(2, 1, {"loss": 1e-8, "dense_1.weight": 2e-7}),
    StepDifferences(3, 2, {"loss": 1e-9, "dense_1.weight": 5e-7}),
)


def shown_on(display: Display) -> None:
    with steps_shown(display, EXPERIMENT) as steps:
        steps.images_done(5, 10)
        for step in STEPS:
            steps.step(step)


def test_elsewhere_than_on_a_terminal_an_epoch_is_one_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    shown_on(PlainDisplay())
    said = capsys.readouterr().err
    assert said.splitlines() == [
        "main[1]: epoch 1/100  step 2  largest difference so far 3.0e-07 in dense_1.weight at step 1",
        "main[1]: epoch 2/100  step 3  largest difference so far 5.0e-07 in dense_1.weight at step 3",
    ]


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    shown_on(Display())
    assert capsys.readouterr() == ("", "")


def test_equal_to_the_bit_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    with steps_shown(PlainDisplay(), EXPERIMENT) as steps:
        steps.step(StepDifferences(1, 1, {"loss": 0.0}))
    assert capsys.readouterr().err.endswith("largest difference so far none\n")


@pytest.mark.parametrize("width", [40, 60, 80, 119, 120, 200])
def test_on_a_terminal_step_and_difference_are_whole_at_any_width(width: int) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    shown_on(LiveDisplay(console))
    text = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "\n", console.file.getvalue())  # type: ignore[attr-defined]
    frame = next(line for line in reversed(text.splitlines()) if "2/100" in line)
    assert len(frame.rstrip()) <= width and re.search(r"--:--|\d:\d\d", frame)
    assert "5e-07" in frame or "5.0e-07" in frame
    assert (("dense_1.weight at step 3") in frame) == (width >= 119)
