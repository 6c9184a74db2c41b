"""Runs that are killed and resumed: to the last bit the runs that never were.

A small share runs with the tests (test_killed_runs.py). All of it:

    .venv/bin/python tests/campaigns/kill_and_resume.py                 40 epochs, killed at 20 random moments, on both
                                                                        backends; --epochs, --kills, --seed, --backends
    .venv/bin/python tests/campaigns/kill_and_resume.py --calls=0,1     killed at every call of the file system in turn;
                                                                        31,11: at every 31st from the 11th on
"""

import argparse
import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.symlink", "os.rmdir", "os.truncate", "os.fsync"})
"""What counts as a call, when it is of something in a folder of runs; `os.fsync` is told by a hook of our own."""

ARGS = ("train", "--resize=6,6", "--model=NLayers", "--layers=4", "--dropout=0.3", "--noise-intensity=0.2",
        "--epochs=3", "--max-minibatch-size=10", "--gradient-checks-interval=2", "--track-layer=dense_1,2",
        "--dump-minibatches", "--quiet", "--no-disk-cache", "--learning-rate=0.01")  # fmt: skip

LONG = ("train", "--resize=12,12", "--model=NLayers", "--dropout=0.3", "--noise-intensity=0.2",
        "--max-minibatch-size=4", "--gradient-checks-interval=10", "--track-layer=dense_1,2", "--ema=0.9", "--quiet",
        "--no-disk-cache", "--learning-rate=0.003", "--threads=1")  # fmt: skip
"""A training that lasts, so that there are moments to kill it at."""

TIMES = frozenset({"seconds", "memory_mb", "phases_s", "waiting", "memory_phases_mb"})
"""What differs between any two runs."""

LAYERS, PICTURES = "layers.jsonl", "pictures.jsonl"
"""Which epochs the one has goes by the time that they take; the other is made when a run is whole, as figures are."""

WEIGHTS = ("weights/best.safetensors", "weights/last.safetensors")


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


def forked(
    args: list[str], folder: Path, *, kill_at: int = 0, kill_after: float | None = None, states: str = "epochs"
) -> tuple[int, int]:
    """Runs a command in a child: its exit code (-9 when it was killed), and how many calls it made.

    Options:  kill_at: the call that it is killed at.  kill_after: the seconds after its run began, where that is how.
              states: after what the state is saved: steps, epochs, or as few as it is without us.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 99
        signal.alarm(600)
        try:
            code = _in_child(args, folder, kill_at, states, writing)
        finally:
            os._exit(code)
    os.close(writing)
    if kill_after is not None:
        before = _named(folder)
        while _named(folder) == before and os.waitid(os.P_PID, child, LOOK) is None:
            time.sleep(0.002)  # until the run has begun
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)  # not waited for yet: the number is still its own
    with os.fdopen(reading) as told:
        calls = told.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(calls or 0)


LOOK = os.WEXITED | os.WNOHANG | os.WNOWAIT
"""Whether a child has ended, which it is asked again."""


def _named(folder: Path) -> str | None:
    """The run that is the latest."""
    latest = folder / "runs" / "latest"
    return str(latest.readlink()) if latest.is_symlink() else None


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
        return next((told + name for name in differences(latest, whole)), None)


def differences(run: Path, whole: Path) -> list[str]:
    """What of a run is not to the last bit what it is of another: weights, every record but for times, the state."""
    records = sorted(path.name for path in whole.glob("*.jsonl"))
    wrong = [name for name in WEIGHTS if (run / name).read_bytes() != (whole / name).read_bytes()]
    own = [name for name in records if name != LAYERS and (name != PICTURES or (run / name).exists())]
    wrong += [name for name in own if _records(run / name) != _records(whole / name)]
    ours, theirs = ({(row["epoch"], row["layer"]): row for row in _records(each / LAYERS)} for each in (run, whole))
    wrong += [LAYERS] * any(ours[place] != theirs[place] for place in ours.keys() & theirs.keys())
    return wrong + [f"state: {part}" for part, held in _state(run).items() if held != _state(whole)[part]]


def _records(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]


def _state(run: Path) -> dict[str, Any]:
    from nnlab.tracking.run import read_run

    saved, _ = read_run(run).checkpoint()
    parts = {"weights": saved.state, "best weights": saved.best_state or {}, "optimizer": saved.optimizer_state}
    bits = {part: {name: array.tobytes() for name, array in named.items()} for part, named in parts.items()}
    return {**bits, "steps": saved.steps, "counts": saved.counts, "open epoch": list(saved.open_epoch)}


def _load(backend: str = "numpy") -> None:
    """What children would load, each anew. Nothing is computed: no thread is forked."""
    from nnlab.cli import train as _train  # noqa: F401
    from nnlab.data.images.vips import Vips  # noqa: F401
    from nnlab.experiment import build as _build  # noqa: F401
    from nnlab.experiment.settings import settings

    settings()  # every component
    if backend == "torch":
        import torch._dynamo  # noqa: F401 (each optimizer of torch asks for it, and it takes seconds)

        from nnlab.backends.torch import learner as _learner  # noqa: F401


def campaign(datasets: Path, every: int, first: int) -> list[str]:
    """What went wrong, killing at every so-many-th call from the first on; `every` 0 or 1 for all."""
    _load()
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


def moments(datasets: Path, backend: str, more: list[str], *, kills: int, seed: int, states: str) -> list[str]:
    """A run that is killed at so many random moments and resumed each time, then let end. What differs, if anything."""
    chance = random.Random(seed)
    own = ("--backend=torch", "--device=cpu") if backend == "torch" else ()
    command = [*LONG, *own, *more, f"--datasets-path={datasets}", "--dataset=blobs"]
    _load(backend)
    with tempfile.TemporaryDirectory() as name:
        whole, killed = Path(name) / "whole", Path(name) / "killed"
        whole.mkdir(), killed.mkdir()
        began = time.monotonic()
        code, _ = forked(command, whole)
        seconds = time.monotonic() - began
        assert code == 0, (whole / "said.txt").read_text()
        done = 0
        latest, next_command = killed / "runs" / "latest", command
        while done < kills:
            after = chance.uniform(0, 1.5 * seconds / kills) if done % 5 else 0.0  # each fifth time as soon as it began
            code, _ = forked(next_command, killed, kill_after=after, states=states)
            if code != -9:
                break
            done += 1
            next_command = ["train", "--resume=runs/latest", "--quiet"]
        if code == -9:
            code, _ = forked(next_command, killed)
        said = (killed / "said.txt").read_text() if (killed / "said.txt").exists() else ""
        is_whole = code == 2 and (latest / "summary.json").is_file()  # killed when only its figures were missing
        went_on = code == 0 or is_whole
        wrong = differences(latest.resolve(), whole / "runs" / "latest") if went_on else [f"exit {code}: {said}"]
        pieces = len(list(killed.glob("runs/*/config.toml"))) - 1
        told = {"backend": backend, "settings": more, "kills": done, "runs": pieces}
        print(json.dumps(told | {"seconds": round(seconds, 1), "wrong": wrong}), flush=True)
    return wrong


def main(words: list[str]) -> int:
    given = argparse.ArgumentParser()
    given.add_argument("--calls", help="EVERY,FIRST")
    given.add_argument("--epochs", type=int, default=40)
    given.add_argument("--kills", type=int, default=20)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--backends", default="numpy,torch")
    given.add_argument("--layers", default="256,128")
    given.add_argument("--states", default="few", choices=("few", "epochs", "steps"))
    given.add_argument("--datasets", help="a folder that has the set blobs; drawn when left out")
    asked = given.parse_args(words)
    with tempfile.TemporaryDirectory() as name:
        if asked.datasets is None:
            make = ["data", "make", "colors", f"--output={name}/blobs", "--images=24"]
            subprocess.run([sys.executable, "-m", "nnlab", *make], check=True)  # not here: threads are not forked
        datasets = Path(asked.datasets or name)
        if asked.calls is not None:
            every, first = map(int, asked.calls.split(","))
            return bool(campaign(datasets, every, first))
        found: list[str] = []
        for backend in asked.backends.split(","):
            more = [f"--epochs={asked.epochs}", f"--layers={asked.layers}"]
            found += moments(datasets, backend, more, kills=asked.kills, seed=asked.seed, states=asked.states)
        return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
