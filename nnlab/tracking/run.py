"""Reads a run folder."""

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.tracking.checkpoint import read_checkpoint
from nnlab.tracking.files import read_lines
from nnlab.tracking.weights import read_weights
from nnlab.training.record import Checkpoint


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
        try:
            return tomllib.loads((self.folder / "config.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"cannot be read ({error})", where=str(self.folder / "config.toml")) from None

    @cached_property
    def environment(self) -> dict[str, Any]:
        """What it ran on."""
        return self._document("environment.json") or {}

    @cached_property
    def summary(self) -> dict[str, Any] | None:
        """How it ended; None while it trains, or when it was killed."""
        return self._document("summary.json")

    @cached_property
    def state(self) -> dict[str, Any]:
        """Where it was when its weights were saved: epochs_run, steps, best_epoch, ..."""
        return self._document("state/state.json") or {}

    @cached_property
    def metrics(self) -> list[dict[str, Any]]:
        """One record per epoch and partition."""
        return self._lines("metrics.jsonl")

    @cached_property
    def checks(self) -> list[dict[str, Any]]:
        """What checks found, in order."""
        return self._lines("checks.jsonl")

    @cached_property
    def tracked(self) -> list[dict[str, Any]]:
        """What the units that were followed gave, epoch by epoch."""
        return self._lines("tracked.jsonl")

    @cached_property
    def predictions(self) -> list[dict[str, Any]]:
        """Dev and test, sample by sample."""
        return self._lines("predictions.jsonl")

    def weights(self, which: Literal["best", "last"] = "best") -> tuple[dict[str, Array], dict[str, Any]]:
        """Weights and buffers by name, and what they are (model, classes, sample_shape, ...)."""
        return read_weights(self.folder / "weights" / f"{which}.safetensors")

    def checkpoint(self) -> tuple[Checkpoint, dict[str, Any]]:
        """The run after its last whole epoch that was saved, for going on from there, and what its weights are.

        Raises:  DataError: when none was saved.
        """
        return read_checkpoint(self.folder / "state" / "checkpoint.safetensors")

    def _document(self, name: str) -> dict[str, Any] | None:
        path = self.folder / name
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DataError(f"cannot be read ({error})", where=str(path)) from None
        return document

    def _lines(self, name: str) -> list[dict[str, Any]]:
        try:
            return read_lines(self.folder / name)
        except (OSError, ValueError) as error:
            raise DataError(f"cannot be read ({error})", where=str(self.folder / name)) from None


def read_run(path: str | Path) -> Run:
    """The run in this folder; `runs/latest` is the newest. Raises DataError: if there is none."""
    folder = Path(path)
    if folder.is_file() and folder.name == "latest":  # where links cannot be, a text file holds the name
        folder = folder.parent / folder.read_text(encoding="utf-8").strip()
    if folder.is_file():
        raise DataError("is a file, not a run folder", where=str(path), hint="give a folder such as runs/latest")
    if not (folder / "config.toml").is_file():
        raise DataError("no run here (no config.toml)", where=str(path), hint="give a folder such as runs/latest")
    return Run(folder.resolve())
