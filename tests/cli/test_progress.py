"""Progress: live on a terminal, plain elsewhere."""

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from nnlab.cli.progress import LiveDisplay, epoch_line
from nnlab.metrics.classes import Classes
from nnlab.metrics.top_k import TopK
from nnlab.training.record import EpochRecord, Score

RECORD = EpochRecord(
    epoch=3,
    epochs=100,
    training=Score(0.12345, {"accuracy": 0.5}, 4),
    dev=Score(0.5, {"accuracy": 0.25}, 4),
    seconds=0.0123,
)


def test_an_epoch_is_one_plain_line() -> None:
    line = epoch_line(RECORD)
    assert line == "epoch 3/100  loss 0.1235  accuracy 50.0%  dev loss 0.5  dev accuracy 25.0%  0.012 s"


def test_without_dev_only_training_is_said() -> None:
    line = epoch_line(EpochRecord(epoch=1, epochs=1, training=Score(float("nan"), {"accuracy": 0.5}, 4), dev=None))
    assert line == "epoch 1/1  loss nan  accuracy 50.0%  0.000 s"


def shown_at(width: int, exp_id: str = "main[1]") -> str:
    """The last frame of a live display of so many columns."""
    experiment = SimpleNamespace(run=SimpleNamespace(exp_id=exp_id, epochs=100), accuracy=Classes())
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    with LiveDisplay(console).experiment(experiment) as watching:  # type: ignore[arg-type]
        watching.images_done(5, 10)
        watching.epoch_end(RECORD)
    text = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "\n", console.file.getvalue())  # type: ignore[attr-defined]
    return next(line for line in reversed(text.splitlines()) if "3/100" in line)


def test_the_live_display_shows_epoch_and_scores() -> None:
    frame = shown_at(150)
    assert "main[1]" in frame and "dev accuracy 25.0%" in frame


@pytest.mark.parametrize("width", [40, 60, 80, 100, 119, 120, 150])
@pytest.mark.parametrize("exp_id", ["main", "a-very-long-name-of-an-experiment-that-somebody-gave"])
def test_at_any_width_epoch_accuracy_and_time_left_are_whole(width: int, exp_id: str) -> None:
    frame = shown_at(width, exp_id)
    assert len(frame.rstrip()) <= width
    assert "dev 25" in frame or "dev accuracy 25.0%" in frame or "dev 0.5 25.0%" in frame
    assert re.search(r"--:--|\d:\d\d", frame)
    assert frame.count("…") == (len(exp_id) > width // 8)


def test_on_a_terminal_the_display_moves_and_the_result_stays(blobs: Path, tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "nnlab", "train", f"--datasets-path={blobs}", "--dataset=blobs", "--epochs=3"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "TTY_COMPATIBLE": "1"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    seen = b""
    while True:
        try:
            chunk = os.read(leader, 4096)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    out = process.communicate(timeout=60)[0].decode()
    os.close(leader)
    assert process.returncode == 0
    assert b"\x1b[" in seen and b"3/3" in seen
    assert "\x1b" not in out and "run folder" in out


def test_a_metric_is_named_with_its_options() -> None:
    assert "top-3 accuracy" in epoch_line(RECORD, TopK(k=3))
