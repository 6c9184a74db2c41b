"""Reads a run folder."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from nnlab.core.errors import DataError
from nnlab.core.reading import parsed, read_text
from nnlab.core.types import Array
from nnlab.tracking.checkpoint import read_checkpoint
from nnlab.tracking.fields import COUNT, NOTHING, NUMBER, SIZE, TABLE, TEXT, Kind, all_of, one_of, require
from nnlab.tracking.files import read_lines
from nnlab.tracking.latest import LATEST, named_by
from nnlab.tracking.names import run_folder
from nnlab.tracking.openings import openings
from nnlab.tracking.store import digest
from nnlab.tracking.weights import read_weights
from nnlab.training.record import Checkpoint

STOPPED = one_of("finished", "early", "budget", "interrupted", "failed")
STATE = {
    **dict.fromkeys(("epochs", "epochs_run", "steps", "unfinished_steps"), COUNT),
    **dict.fromkeys(("best_epoch", "early_stop_epoch"), COUNT | NOTHING),
    "stopped": STOPPED,
    "config": TEXT,
}
SUMMARY = {
    "stopped": STOPPED,
    **dict.fromkeys(("training", "dev", "test"), TABLE | NOTHING),
    **dict.fromkeys(("epochs_run", "parameters"), COUNT),
    **dict.fromkeys(("best_epoch", "early_stop_epoch"), COUNT | NOTHING),
    **dict.fromkeys(("elapsed_s", "load_s"), NUMBER),
}
METRICS = dict.fromkeys(("loss", "accuracy", "penalty"), NUMBER | NOTHING)
TRACKED = {
    **{"epoch": SIZE, "layer": TEXT, "unit": COUNT},
    **dict.fromkeys(("mean", "deviation", "weight_norm"), NUMBER | NOTHING),
}
LAYERS = {"epoch": SIZE, "layer": TEXT}
OF_LAYER = {
    **{"kind": TEXT, "activation": TABLE | NOTHING, "dead": all_of(COUNT) | NOTHING, "units": COUNT | NOTHING},
    **dict.fromkeys(("gradient_norm", "weight_norm", "update_ratio"), NUMBER | NOTHING),
}
SECTIONS = dict.fromkeys(("model", "optimizer", "schedule", "loss", "data", "run"), TABLE)
NAMES = {
    "model": {"name": TEXT},
    "data": {"dataset": TEXT, "datasets_path": TEXT},
    "run": {"backend": TEXT, "dtype": TEXT},
}
"""Fields of config.toml that are read as they stand there; every other is checked as a setting is."""


@dataclass(frozen=True)
class Run:
    """What a run recorded; each part is read when it is asked for. `read_run` makes one."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved configuration."""
        path = self.folder / "config.toml"
        try:
            tables: dict[str, Any] = parsed(tomllib.loads, read_text(path))
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        require(tables, {}, where=str(path), optional=SECTIONS)
        for section, fields in NAMES.items():
            require(tables.get(section, {}), {}, where=f"{path}: {section}", optional=fields)
        return tables

    @cached_property
    def config_digest(self) -> str:
        """Of config.toml, as the state has it: another one was changed since then."""
        self.config  # noqa: B018 (says what is wrong where it cannot be read)
        return digest(read_text(self.folder / "config.toml"))

    @property
    def config_changed(self) -> bool:
        """Whether config.toml is known to be another than the one that the weights were trained with."""
        try:
            return bool(self.state.get("config", self.config_digest) != self.config_digest)
        except DataError:  # nothing is known; who needs the state says what is wrong with it
            return False

    @cached_property
    def environment(self) -> dict[str, Any]:
        """What it ran on."""
        return self._document("environment.json") or {}

    @cached_property
    def summary(self) -> dict[str, Any] | None:
        """How it ended; None while it trains, or when it was killed."""
        return self._document("summary.json", SUMMARY)

    @cached_property
    def state(self) -> dict[str, Any]:
        """Where it was when its weights were saved: epochs_run, steps, best_epoch, ..."""
        return self._document("state/state.json", STATE) or {}

    @cached_property
    def metrics(self) -> list[dict[str, Any]]:
        """One record per epoch and partition."""
        return read_lines(self.folder / "metrics.jsonl", {"epoch": SIZE, "partition": TEXT}, METRICS)

    @cached_property
    def checks(self) -> list[dict[str, Any]]:
        """What checks found, in order."""
        return read_lines(self.folder / "checks.jsonl", {"epoch": SIZE})

    @cached_property
    def layers(self) -> list[dict[str, Any]]:
        """What the layers did, epoch by epoch."""
        return read_lines(self.folder / "layers.jsonl", LAYERS, OF_LAYER)

    @cached_property
    def tracked(self) -> list[dict[str, Any]]:
        """What the units that were followed gave, epoch by epoch."""
        return read_lines(self.folder / "tracked.jsonl", TRACKED)

    @cached_property
    def predictions(self) -> list[dict[str, Any]]:
        """Dev and test, sample by sample."""
        return read_lines(self.folder / "predictions.jsonl")

    @cached_property
    def openings(self) -> list[dict[str, Any]]:
        """Each time that the test partition was scored after training."""
        return openings(self.folder)

    def weights(self, which: Literal["best", "last"] = "best") -> tuple[dict[str, Array], dict[str, Any]]:
        """Weights and buffers by name, and what they are (model, classes, sample_shape, ...)."""
        return read_weights(self.folder / "weights" / f"{which}.safetensors")

    @property
    def has_weights(self) -> bool:
        """Whether an epoch has left its weights."""
        return (self.folder / "weights" / "best.safetensors").is_file()

    def why_no_weights(self) -> str:
        """What is said of a run without weights, as far as its folder shows it: a killed run writes no end."""
        if self.summary is not None:
            return "this run has no weights (it ended before its first epoch did)"
        return "this run has no weights yet (its first epoch is not over: it still trains, or was killed)"

    def checkpoint(self) -> tuple[Checkpoint, dict[str, Any]]:
        """The run after its last whole epoch that was saved, for going on from there, and what its weights are.

        Raises:  DataError: when none was saved.
        """
        return read_checkpoint(self.folder / "state" / "checkpoint.safetensors")

    def _document(self, name: str, fields: Mapping[str, Kind] | None = None) -> dict[str, Any] | None:
        path = self.folder / name
        try:
            document = parsed(json.loads, read_text(path))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        return require(document, {}, where=str(path), optional=fields)


def _unreadable(path: Path, error: OSError | ValueError) -> DataError:
    said = error.strerror if isinstance(error, OSError) else None
    return DataError(f"cannot be read ({said or error})", where=str(path))


NO_RUN = "give a folder such as runs/latest, or a name in runs/: latest, an exp-id, the beginning of a folder's name"


def read_run(path: str | Path, runs: Path | None = None) -> Run:
    """The run in this folder, or of this name (tracking/names.py); `runs/latest` is the newest.

    Options:  runs: the folder in which names are looked for, where another one is said.
    Raises:  DataError: if there is none.  UsageError: if the name may mean several.
    """
    folder = run_folder(path, runs)
    if folder.is_symlink() and not folder.exists():
        hint = "name another run's folder; the next training sets it anew" if folder.name == LATEST else None
        raise DataError(f"is a link to {folder.readlink()}, which is not there", where=str(path), hint=hint)
    if folder.is_file() and folder.name == LATEST:
        try:
            folder = folder.parent / named_by(folder)
        except (OSError, ValueError) as error:
            raise _unreadable(folder, error) from None
        if not folder.exists():
            raise DataError(f"names {folder.name}, which is not there", where=str(path), hint="name another run")
    if folder.is_file():
        raise DataError("is a file, not a run folder", where=str(path), hint="give a folder such as runs/latest")
    if not (folder / "config.toml").is_file():
        raise DataError("no run here (no config.toml)", where=str(path), hint=NO_RUN)
    return Run(folder.resolve())
