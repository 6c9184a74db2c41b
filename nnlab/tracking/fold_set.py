"""The folder of a set of folds: which runs they are, what they gave together, and the answers of runs that had not
learnt from the sample in question."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.reading import parsed, read_text
from nnlab.tracking.fields import COUNT, NOTHING, TABLE, TEXT, all_of, require
from nnlab.tracking.files import read_lines, to_json, write_whole
from nnlab.tracking.names import exp_id, folder_of_runs
from nnlab.tracking.run import Run, read_run
from nnlab.tracking.store import new_folder
from nnlab.training.record import ENDED

ABOUT, CONFIG, ROWS = "folds.json", "folds.toml", "folds.jsonl"

FIELDS = {"id": TEXT, "folds": COUNT, "runs": all_of(TEXT | NOTHING)}
OPTIONAL = {"figures": TABLE | NOTHING, "names": all_of(TEXT)}

WHOLE = frozenset(ENDED)
"""How a fold's run ends that counts."""


@dataclass(frozen=True)
class FoldSet:
    """A set of folds. The runs lie beside it in the folder of runs, each whole without it."""

    folder: Path

    @classmethod
    def create(cls, runs_dir: Path, exp_id: str, config: str, folds: int) -> "FoldSet":
        """A new set, none of whose folds has begun. Options:  config: the text of a configuration that repeats it."""
        made = cls(new_folder(runs_dir, f"{exp_id}-folds", config))
        write_whole(made.folder / CONFIG, config)
        made.write({"schema_version": 1, "id": exp_id, "folds": folds, "runs": [None] * folds})
        return made

    @property
    def about(self) -> dict[str, Any]:
        """What folds.json says now. Raises DataError: when it cannot be read, or is none."""
        path = self.folder / ABOUT
        try:
            document = parsed(json.loads, read_text(path))
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else None
            raise DataError(f"cannot be read ({said or error})", where=str(path)) from None
        about: dict[str, Any] = require(document, FIELDS, where=str(path), optional=OPTIONAL)
        if len(about["runs"]) != about["folds"]:
            raise DataError(f"is damaged (it names {len(about['runs'])} runs)", where=str(path))
        return about

    def write(self, about: Mapping[str, Any]) -> None:
        """Replaces folds.json."""
        write_whole(self.folder / ABOUT, to_json(about, indent=2) + "\n")

    def begun(self, fold: int, run: Path) -> None:
        """Notes which run a fold is, counted from 1."""
        about = self.about
        about["runs"][fold - 1] = run.name
        self.write(about)

    def run(self, fold: int) -> Run | None:
        """The run of a fold, counted from 1; None where none has begun, or its folder is gone."""
        name = self.about["runs"][fold - 1]
        if name is None or Path(name).name != name or not (self.folder.parent / name).is_dir():
            return None
        return read_run(self.folder.parent / name)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """An answer for each sample, of a run that had not learnt from it."""
        return read_lines(self.folder / ROWS)


def is_whole(run: Run | None) -> bool:
    """Whether a fold's run came to its end."""
    return run is not None and (run.summary or {}).get("stopped") in WHOLE


def fold_set(path: str | Path) -> FoldSet | None:
    """The set in this folder, or of this name in the folder of runs (the newest of an exp-id); None for none."""
    runs = folder_of_runs()
    named = [about.parent for about in runs.glob(f"*/{ABOUT}") if exp_id(about.parent.name) == str(path)]
    for folder in (Path(path), runs / path, *sorted(named, reverse=True)):
        if (folder / ABOUT).is_file() and (folder / CONFIG).is_file():
            return FoldSet(folder.resolve())
    return None


def set_of(run: Run) -> FoldSet | None:
    """The newest set that a run is a fold of; None where it is of none."""
    for path in sorted(run.folder.parent.glob(f"*/{ABOUT}"), key=os.path.dirname, reverse=True):
        found = fold_set(path.parent)
        try:
            if found is not None and run.name in found.about["runs"]:
                return found
        except DataError:  # another set's fault
            continue
    return None


def out_of_sample(runs: Sequence[tuple[int, Run]], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """For each sample an answer of what had not learnt from it: of dev that of its fold, of test the folds' mean.

    Of a task without probabilities test is left out: its answers have no mean.
    """
    test: dict[str, tuple[Any, list[Any]]] = {}
    for fold, run in runs:
        for row in run.predictions:
            if row.get("partition") == "dev":
                yield {"fold": fold, **row}
            elif row.get("partition") == "test" and "probabilities" in row:
                test.setdefault(row["source"], (row["actual"], []))[1].append(row["probabilities"])
    for source, (actual, every) in test.items():
        mean = np.mean(np.array(every, float), axis=0)
        sure = int(np.argmax(mean))
        row = {"fold": None, "partition": "test", "source": source, "actual": actual, "predicted": names[sure]}
        yield row | {"confidence": mean[sure], "probabilities": mean}
