"""Writes a run folder: `runs/<date>-<exp-id>-<hash>/`."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.core.errors import RunError
from nnlab.core.printing import printable
from nnlab.tracking.checkpoint import write_checkpoint
from nnlab.tracking.environment import environment
from nnlab.tracking.fields import COUNT, SIZE
from nnlab.tracking.files import Lines, draft_at, read_lines, to_json, write_whole, writing
from nnlab.tracking.latest import forget, point_at
from nnlab.tracking.lock import hold, release
from nnlab.tracking.weights import write_weights
from nnlab.training.record import Checkpoint, EpochRecord, TrainingResult

BY_EPOCH = ("checks.jsonl", "layers.jsonl", "tracked.jsonl", "minibatches.jsonl")
"""Files whose every line says its epoch, besides metrics.jsonl."""

ROW, PLACE = {"epoch": SIZE}, {"step": SIZE, "batch": COUNT}


class RunStore:
    """The folder of one run. Metrics, checks and the log grow while it trains; the rest is written whole.

    Every method raises RunError, naming the file, when the disk takes no more; what was written before stays intact.
    The folder is locked until `close`, so that others can tell that it is at work (lock.py).

    Options:  folder: the run's own folder, made by `create`.  config: what its config.toml says.
    """

    def __init__(self, folder: Path, config: str = ""):
        self.folder, self._digest = folder, digest(config)
        self._lines: dict[str, Lines] = {}
        self._lock = hold(folder)

    @staticmethod
    def probe(runs_dir: Path, needed_bytes: int = 0) -> None:
        """Finds out, before any work, whether a run can be written to `runs_dir`. Where that is not there, it is not
        made yet: in a dataset's own folder (`nnlab train .`) it would look like a class without images.

        Raises:  RunError: if not, or if fewer than `needed_bytes` are free.
        """
        with writing(runs_dir, hint="choose another folder with --runs-dir"):
            there = next(folder for folder in (runs_dir, *runs_dir.parents) if os.path.lexists(folder))
            if there == runs_dir:
                runs_dir.mkdir(exist_ok=True)  # says what stands there, if it is no folder
            with draft_at(there) as (_, file):
                file.write(bytes(64 * 1024))
                file.flush()
                os.fsync(file.fileno())
            free = shutil.disk_usage(there).free
        if free < needed_bytes:
            raise RunError(
                f"the run needs about {needed_bytes / 1e6:.0f} MB and {free / 1e6:.0f} MB are free",
                where=str(runs_dir),
                hint="free some space, or choose another folder with --runs-dir",
            )

    @classmethod
    def create(cls, runs_dir: Path, exp_id: str, config: str, **more_environment: Any) -> "RunStore":
        """A new folder with the configuration (the text of config.toml) and the environment."""
        store = cls(new_folder(runs_dir, exp_id, config), config)
        with writing(store.folder):
            for name in ("weights", "state", "figures"):
                (store.folder / name).mkdir()
        write_whole(store.folder / "config.toml", config)
        write_whole(store.folder / "environment.json", to_json(environment(**more_environment), indent=2) + "\n")
        return store

    def begin(
        self,
        checkpoint: Checkpoint,
        about: Mapping[str, Any] | None = None,
        *,
        after: Path | None = None,
    ) -> None:
        """Records where the run begins, then points `latest` at it: from then on it can be resumed.

        Options:  after: the run that it goes on with, whose records until the checkpoint become its own beginning.
        Raises:  DataError: when those cannot be read.
        """
        if after is not None:
            for record in checkpoint.history:
                self.add_epoch(record)
            for name in BY_EPOCH:
                if rows := [row for row in read_lines(after / name, ROW, PLACE) if _is_before(row, checkpoint)]:
                    self._open(name).add(*rows)
        self.add_checkpoint(checkpoint, about or {})  # last: a state says that all before it is there
        point_at(self.folder.parent, self.folder.name)

    def add_files(self, files: Mapping[str, bytes]) -> None:
        """Writes what the model was made of, by file name, so that the run needs nothing outside its folder."""
        for name, content in files.items():
            write_whole(self.folder / name, content)

    @property
    def figures(self) -> Path:
        """Where figures go."""
        return self.folder / "figures"

    @property
    def minibatches(self) -> Path:
        """Where pictures of minibatches go; made when asked for."""
        folder = self.folder / "minibatches"
        with writing(folder):
            folder.mkdir(exist_ok=True)
        return folder

    def add_epoch(self, record: EpochRecord) -> None:
        """Appends an epoch to metrics.jsonl: one line per partition."""
        cost = {"seconds": record.seconds, "memory_mb": record.memory_mb, "phases_s": record.phases_s}
        shared = cost | {"memory_phases_mb": record.memory_phases_mb, "waiting": record.waiting}
        rows: list[dict[str, Any]] = []
        for partition, score in (("training", record.training), ("dev", record.dev)):
            if score is not None:
                row = {"epoch": record.epoch, "partition": partition, "loss": score.loss, **score.figures}
                rows.append(row | {"samples": score.samples, "best": record.best} | shared)
        rows[0]["penalty"] = record.penalty
        self._open("metrics.jsonl").add(*rows)

    def add_check(self, found: Mapping[str, Any]) -> None:
        """Appends what a check found to checks.jsonl."""
        self._open("checks.jsonl").add(found)

    def add_layers(self, found: Sequence[Mapping[str, Any]]) -> None:
        """Appends what the layers did in an epoch to layers.jsonl."""
        self._open("layers.jsonl").add(*found)

    def add_tracked(self, found: Mapping[str, Any]) -> None:
        """Appends what a followed unit gave in an epoch to tracked.jsonl."""
        self._open("tracked.jsonl").add(found)

    def add_minibatch(self, found: Mapping[str, Any]) -> None:
        """Appends what a minibatch held to minibatches.jsonl."""
        self._open("minibatches.jsonl").add(found)

    def add_events(self, name: str, data: bytes) -> None:
        """Appends to a file of the folder that another program reads; a folder that it lies in is made."""
        with writing(self.folder / name):
            (self.folder / name).parent.mkdir(exist_ok=True)
        self._open(name).append(data)

    def log(self, message: str) -> None:
        """Appends a line to log.txt, with its time."""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        self._open("log.txt").write(f"{stamp}  {printable(message)}\n")

    def add_weights(self, result: TrainingResult, about: Mapping[str, Any]) -> None:
        """Writes weights/best and weights/last, and in state/ what going on from the last whole epoch needs.

        Options:  about: what using the weights needs: model, classes, sample_shape, dtype, preparation.
        """
        weights = self.folder / "weights"
        if result.best_state is not None:
            write_weights(weights / "best.safetensors", result.best_state, {**about, "epoch": result.best_epoch})
        write_weights(weights / "last.safetensors", result.last_state, {**about, "epoch": result.epochs_run})
        if result.checkpoint is not None:
            self.add_checkpoint(result.checkpoint, about)
        fields = ("epochs", "epochs_run", "steps", "unfinished_steps", "best_epoch", "early_stop_epoch", "stopped")
        state = {name: getattr(result, name) for name in fields} | {"config": self._digest}
        write_whole(self.folder / "state" / "state.json", to_json(state, indent=2) + "\n")

    def add_checkpoint(self, checkpoint: Checkpoint, about: Mapping[str, Any]) -> None:
        """Writes state/checkpoint.safetensors: one file, so that what is in it belongs together whenever it is read."""
        about = {**about, "config": self._digest}
        write_checkpoint(self.folder / "state" / "checkpoint.safetensors", checkpoint, about)

    def add_summary(self, summary: Mapping[str, Any]) -> None:
        """Writes summary.json; its being there says that the run came to an end."""
        write_whole(self.folder / "summary.json", to_json(summary, indent=2) + "\n")

    def close(self) -> None:
        """Ends the files that grow, and lets go of the folder: the run is over."""
        for lines in self._lines.values():
            lines.close()
        self._lines.clear()
        release(self._lock)
        self._lock = None

    def discard(self) -> None:
        """Removes the folder of a run that recorded no epoch (bad data, say); one that did stays."""
        self.close()
        if (self.folder / "metrics.jsonl").exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        forget(self.folder)

    def _open(self, name: str) -> Lines:
        if name not in self._lines:
            self._lines[name] = Lines(self.folder / name)
        return self._lines[name]


def _is_before(row: Mapping[str, Any], checkpoint: Checkpoint) -> bool:
    """Whether a record is of the time before a checkpoint, which may lie amid an epoch."""
    whole = len(checkpoint.history)
    if row["epoch"] != whole + 1 or not checkpoint.open_epoch:
        return bool(row["epoch"] <= whole)
    if "batch" in row:
        return bool(row["batch"] < int(checkpoint.open_epoch["batches"]))
    return "step" in row and bool(row["step"] <= checkpoint.steps)


def digest(config: str) -> str:
    """What tells a configuration that was changed afterwards: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(config.encode()).hexdigest()[:16]


def file_name(text: str) -> str:
    """An id as part of a folder's name: letters, digits, `.`, `_`, `-`; at most 60 characters and 120 bytes."""
    short = re.sub(r"[^\w.-]+", "_", text).strip("._-")[:60]
    return short.encode()[:120].decode(errors="ignore") or "run"


def new_folder(runs_dir: Path, exp_id: str, config: str) -> Path:
    """`runs_dir/<date>-<exp-id>-<hash>`, made now and empty. Raises RunError: when it cannot be."""
    return dated_folder(runs_dir, f"{file_name(exp_id)}-{digest(config)[:8]}")


def dated_folder(runs_dir: Path, name: str) -> Path:
    """`runs_dir/<date>-<name>`, made now and empty. Raises RunError: when it cannot be."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    with writing(runs_dir, hint="choose another folder with --runs-dir"):
        runs_dir.mkdir(parents=True, exist_ok=True)
        return _unused(runs_dir, f"{stamp}-{name}")


def _unused(runs_dir: Path, name: str) -> Path:
    """A folder that was not there before: of this name, or with -2, -3, ... when another run has it."""
    attempt = 1
    while True:
        folder = runs_dir / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            folder.mkdir()
        except FileExistsError:
            attempt += 1
        else:
            return folder
