"""Streams that break or fill, and terminals that are closed: training goes on, what was recorded stays."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.cli.streams import Lenient, lenient_streams, lost_results

SMALL = ("--dataset=blobs", "--resize=6,6", "--epochs=2", "--gradient-checks=off", "--no-disk-cache")


class Full(io.RawIOBase):
    """Takes one line, then says no."""

    def __init__(self, number: int):
        self.lines: list[bytes] = []
        self._number = number

    def write(self, data: bytes) -> int:
        if self.lines:
            raise OSError(self._number, os.strerror(self._number))
        self.lines.append(bytes(data))
        return len(data)


@pytest.mark.parametrize(("number", "lost"), [(errno.EPIPE, False), (errno.ENOSPC, True), (errno.EIO, True)])
def test_after_the_first_failure_nothing_more_is_passed_on(number: int, lost: bool) -> None:
    below = Full(number)
    stream = Lenient(below)
    text = io.TextIOWrapper(io.BufferedWriter(stream), write_through=True)
    for line in ("one\n", "two\n", "three\n"):
        print(line, end="", file=text, flush=True)
    assert below.lines == [b"one\n"]
    error = lost_results(stream)
    assert (error is not None) == lost
    assert error is None or str(error).startswith("stdout: cannot write the results (")


def test_streams_that_are_somebody_s_own_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    with lenient_streams() as out:
        assert sys.stdout is before
        print("said")
    assert out is None and lost_results(out) is None
    assert capsys.readouterr().out == "said\n"


def test_training_goes_on_when_nobody_reads_what_it_says(blobs: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "nnlab", "train", f"--datasets-path={blobs}", *SMALL, "-e", *SMALL, "--exp-id=b"]
    command.insert(command.index("-e") + 1, f"--datasets-path={blobs}")
    done = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=writing, timeout=120, check=False)
    os.close(writing)
    assert done.returncode == 0
    assert len(list(tmp_path.glob("runs/2*/summary.json"))) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_results_that_a_full_disk_swallows_are_an_error_and_the_run_is_kept(blobs: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nnlab", "train", f"--datasets-path={blobs}", *SMALL, "--quiet"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False)
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "nnlab: error: stdout: cannot write the results (no space left on device)\n",
    )
    assert (tmp_path / "runs/latest/summary.json").exists()


TERMINAL = """
import os, pty, signal, sys, time
from pathlib import Path

ignored, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:  # the terminal is its own
    signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored == "yes" else signal.SIG_DFL)
    os.execv(command[0], command)
metrics = Path("runs/latest/metrics.jsonl")
for _ in range(1200):
    if metrics.exists() and metrics.stat().st_size > 1000:
        break
    time.sleep(0.05)
os.close(terminal)  # the system sends SIGHUP, and writing to stderr fails from now on
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize("ignored", [False, True])
def test_a_closed_terminal_ends_a_run_as_sigterm_does_unless_it_is_to_go_on(
    blobs: Path, tmp_path: Path, ignored: bool
) -> None:
    epochs = 400 if ignored else 1000000
    command = [sys.executable, "-m", "nnlab", "train", f"--datasets-path={blobs}", *SMALL, f"--epochs={epochs}"]
    terminal = [sys.executable, "-c", TERMINAL, "yes" if ignored else "no", *command]
    ended = subprocess.run(terminal, cwd=tmp_path, timeout=240, check=False).returncode
    summary = json.loads((tmp_path / "runs" / "latest" / "summary.json").read_text())
    if ignored:  # as under nohup
        assert (summary["stopped"], summary["epochs_run"]) == ("finished", epochs)
    else:
        assert (ended, summary["stopped"]) == (128 + signal.SIGHUP, "interrupted")
        assert summary["epochs_run"] > 0


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_names_that_stdout_cannot_encode_are_written_as_escapes(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "sets" / "日本" / "猫").mkdir(parents=True)
    command = [sys.executable, "-m", "nnlab", "data", "list", "--datasets-path=sets"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u65e5\\u672c" in done.stdout
