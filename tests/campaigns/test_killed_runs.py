"""Runs that are killed at their n-th call of the file system, and resumed: to the last bit the run that never was.

A small share runs with the tests. All of it, every call of a training and of the run that goes on with it:

    .venv/bin/python tests/campaigns/test_killed_runs.py 0 1
"""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.symlink", "os.rmdir", "os.truncate", "os.fsync"})
"""What counts as a call, when it is of something in a folder of runs; `os.fsync` is told by a hook of our own."""

ARGS = ("train", "--resize=6,6", "--model=NLayers", "--layers=4", "--dropout=0.3", "--noise-intensity=0.2",
        "--epochs=3", "--max-minibatch-size=10", "--gradient-checks-interval=2", "--track-layer=dense_1,2",
        "--dump-minibatches", "--quiet", "--no-disk-cache", "--learning-rate=0.01")  # fmt: skip

SAME = ("weights/best.safetensors", "weights/last.safetensors", "predictions.jsonl", "checks.jsonl", "layers.jsonl",
        "tracked.jsonl", "minibatches.jsonl")  # fmt: skip


class Killer:
    """Kills the process at the n-th call; with n = 0 it only counts."""

    def __init__(self, at: int):
        self.calls, self._at = 0, at
        sys.addaudithook(self._heard)
        fsync = os.fsync

        def told(handle: int) -> None:
            self._heard("os.fsync", ("/runs/",))
            fsync(handle)

        os.fsync = told

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in EVENTS or not args or not isinstance(args[0], (str, bytes, os.PathLike)):
            return
        if "/runs/" in f"{os.path.abspath(os.fsdecode(args[0]))}/":  # noqa: PTH100
            self.calls += 1
            if self.calls == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


def forked(args: list[str], folder: Path, *, kill_at: int = 0, states: str = "epochs") -> tuple[int, int]:
    """Runs a command in a child: its exit code (-9 when it was killed), and how many calls it made."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 99
        signal.alarm(120)
        try:
            code = _in_child(args, folder, kill_at, states, writing)
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as told:
        calls = told.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(calls or 0)


def _in_child(args: list[str], folder: Path, kill_at: int, states: str, tell: int) -> int:
    from nnlab.cli.main import main
    from nnlab.experiment import listeners, run
    from nnlab.tracking.recorder import Recorder
    from nnlab.training.callbacks import dump_minibatches

    os.chdir(folder)
    run.draw_history = run.draw_tracked = lambda *args, **words: []  # most of the time, and nothing depends on them
    listeners.FIGURES = {}
    dump_minibatches.SHEETS = 0
    words: Any = Recorder.__init__.__kwdefaults__
    words.update({"epochs": {"share": 1e9}, "steps": {"share": 1e9, "epoch_seconds": 0.0}, "few": {}}[states])
    said = io.StringIO()
    killer = Killer(kill_at)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        code = main(args)
    if code:
        (folder / "said.txt").write_text(said.getvalue())
    os.write(tell, str(killer.calls).encode())
    return code


def trial(datasets: Path, whole: Path, kills: list[int], states: str) -> str | None:
    """A run that is killed at each of these calls in turn, then let end. What differs from `whole`, if anything."""
    told = f"killed at {kills}, state after {states}: "
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [*ARGS, f"--datasets-path={datasets}", "--dataset=blobs"]
        for kill in (*kills, 0):
            code, _ = forked(command, folder, kill_at=kill, states=states)
            latest = folder / "runs" / "latest"
            if code == -9 and not latest.is_symlink():
                return None if not list(folder.glob("runs/*/metrics.jsonl")) else told + "no latest, and metrics"
            if code == -9 and not (latest / "state" / "checkpoint.safetensors").is_file():
                return told + "latest has no state"
            command = ["train", "--resume=runs/latest", "--quiet"]
            if code == 2 and (latest / "summary.json").is_file():  # it was whole, only figures were missing
                break
            if code not in {0, -9}:
                return told + (folder / "said.txt").read_text()
        return next((told + name for name in SAME if _read(latest, name) != _read(whole, name)), None)


def _read(run: Path, name: str) -> bytes:
    return (run / name).read_bytes()


def campaign(datasets: Path, every: int, first: int) -> list[str]:
    """What went wrong, killing at every so-many-th call from the first on; `every` 0 or 1 for all."""
    from nnlab.cli import train as _train  # noqa: F401 (children find it loaded)
    from nnlab.data.images.vips import Vips  # noqa: F401
    from nnlab.experiment import build as _build  # noqa: F401

    found: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        command = [*ARGS, f"--datasets-path={datasets}", "--dataset=blobs"]
        code, calls = forked(command, Path(name), states="steps")
        assert (code, calls > 50) == (0, True), (code, calls)
        whole = Path(name) / "runs" / "latest"
        for number, call in enumerate(range(first, calls + 1, every or 1)):
            states = ("steps", "epochs", "few")[number % 3]
            kills = [call] if number % 2 else [call, 1 + (7 * call) % calls]
            if (wrong := trial(datasets, whole, kills, states)) is not None:
                found.append(wrong)
                print(wrong, flush=True)
        print(json.dumps({"calls": calls, "trials": number + 1, "wrong": len(found)}))
    return found


def test_a_run_that_is_killed_and_resumed_is_the_run_that_never_was(blobs: Path) -> None:
    """In a process of its own: it is forked, which threads do not like."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "31", "11", str(blobs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["trials"] >= 3


def main(words: list[str]) -> int:
    every, first = int(words[0]), int(words[1])
    if len(words) > 2:
        return bool(campaign(Path(words[2]), every, first))
    with tempfile.TemporaryDirectory() as name:
        make = ["data", "make", "colors", f"--output={name}/blobs", "--images=24"]
        subprocess.run([sys.executable, "-m", "nnlab", *make], check=True)  # not here: threads are not forked
        return bool(campaign(Path(name), every, first))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
