"""Progress: live on a terminal, plain elsewhere."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from nnlab.cli.progress import LiveDisplay, epoch_line
from nnlab.training.record import EpochRecord, Score

RECORD = EpochRecord(epoch=3, epochs=100, training=Score(0.12345, 0.5, 4), dev=Score(0.5, 0.25, 4), seconds=0.0123)


def test_an_epoch_is_one_plain_line() -> None:
    line = epoch_line(RECORD)
    assert line == "epoch 3/100  loss 0.1235  accuracy 50.0%  dev loss 0.5  dev accuracy 25.0%  0.012 s"


def test_without_dev_only_training_is_said() -> None:
    line = epoch_line(EpochRecord(epoch=1, epochs=1, training=Score(float("nan"), 0.5, 4), dev=None))
    assert line == "epoch 1/1  loss nan  accuracy 50.0%  0.000 s"


def test_the_live_display_shows_epoch_and_scores() -> None:
    class Run:
        exp_id, epochs = "main[1]", 100

    class Experiment:
        run = Run()

    console = Console(file=io.StringIO(), force_terminal=True, width=150, color_system=None)
    with LiveDisplay(console).experiment(Experiment()) as watching:  # type: ignore[arg-type]
        watching.images_done(5, 10)
        watching.epoch_end(RECORD)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "main[1]" in shown and "3/100" in shown and "dev accuracy 25.0%" in shown


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
