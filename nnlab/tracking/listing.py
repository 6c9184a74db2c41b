"""The runs of a folder, each with its state, whatever is left of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError
from nnlab.data.options import PARTITIONS
from nnlab.tracking.deleting import size_of
from nnlab.tracking.judged import Judge, judge_of, number_of, section
from nnlab.tracking.kept import is_kept
from nnlab.tracking.lock import is_held
from nnlab.tracking.names import KINDS, RUN_FILE, exp_id, is_run
from nnlab.tracking.run import Run

OF_THE_SUMMARY = ("best_epoch", "early_stop_epoch", "parameters", "elapsed_s", "peak_memory_mb")

FIELDS = (
    *("model", "dataset", "optimizer", "backend", "epochs_run", "epochs", "metric", "figure"),
    *(*PARTITIONS, *OF_THE_SUMMARY, "model_seed", "dataset_seed", "version"),
)
"""What the files of a run say of it."""


@dataclass(frozen=True)
class Listed:
    """A run, and what can be said of it.

    Options:  state: finished, early, interrupted, failed as its summary says; training where a process has its folder
                  locked; killed where none has, and there is no summary; damaged where files cannot be read; of what is
                  no run, what it is.
              problem: why it failed, or what is damaged.
    """

    run: Run
    state: str
    problem: str = ""

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.run.name

    @property
    def kept(self) -> bool:
        """Whether it is protected."""
        return is_kept(self.run.folder)

    def row(self) -> dict[str, Any]:
        """What a list says of it, as JSON has it; null for what is not known."""
        row: dict[str, Any] = {"name": self.name, "path": str(self.run.folder), "id": exp_id(self.name)}
        row |= {"state": self.state, "problem": self.problem or None, "kept": self.kept}
        row |= {"when": _when(self.run.folder), "bytes": size_of(self.run.folder)}
        if self.state in ("damaged", *KINDS.values()):
            return row | dict.fromkeys(FIELDS)
        return row | _said(self.run)


def listed(run: Run) -> Listed:
    """A run with its state. Raises nothing: what cannot be read is its state."""
    try:
        kind = next((kind for file, kind in KINDS.items() if (run.folder / file).is_file()), None)
        if kind is not None:
            return Listed(run, kind)
        if not (run.folder / RUN_FILE).is_file():
            return Listed(run, "damaged", f"it has no {RUN_FILE}")
        summary, _ = run.summary, run.config
        if summary is None:
            run.metrics  # noqa: B018 (says what is wrong with them)
            return Listed(run, "training" if is_held(run.folder) else "killed")
        _said(run)
    except DataError as error:
        return Listed(run, "damaged", str(error))
    except OSError as error:  # nobody may look into it
        return Listed(run, "damaged", str(error.strerror or error))
    return Listed(run, str(summary.get("stopped", "finished")), str(summary.get("error") or ""))


def runs_in(folder: Path) -> list[Listed]:
    """Every run in a folder of runs, the newest first; links and what is hidden are passed over.

    Raises:  DataError: when there is no such folder.
    """
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        hint = "train one first, or say where: --runs-dir=DIR"
        raise DataError(f"cannot be listed ({error.strerror or error})", where=str(folder), hint=hint) from None
    found = [entry for entry in entries if not entry.is_symlink() and entry.is_dir() and is_run(entry)]
    return [listed(Run(entry)) for entry in sorted(found, key=_began, reverse=True)]


def _began(folder: Path) -> tuple[str, int, str]:
    """What a list is ordered by: the second that its name says, and within it when its first file was written."""
    try:
        written = (folder / RUN_FILE).stat().st_mtime_ns
    except OSError:
        written = 0
    return folder.name[:15], written, folder.name


def _when(folder: Path) -> str:
    """When it began: its name says it."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.strptime(folder.name[:15], "%Y%m%d-%H%M%S"))
    except ValueError:
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(folder.stat().st_mtime))


def _said(run: Run) -> dict[str, Any]:
    """What its files say. Raises DataError: when one is damaged."""
    config, summary, judge = run.config, run.summary or {}, judge_of(run)
    data, options = section(config, "data"), section(config, "run")
    scores = {name: summary.get(name) for name in PARTITIONS}
    epochs = summary.get("epochs_run")
    if not summary:
        scores, epochs = _until_now(run), run.metrics[-1]["epoch"] if run.metrics else 0
    return {
        "model": section(config, "model").get("name"),
        "dataset": Path(str(data.get("dataset", ""))).name or None,
        "optimizer": section(config, "optimizer").get("name"),
        "backend": options.get("backend"),
        "epochs_run": epochs,
        "epochs": options.get("epochs"),
        "metric": judge.title or None,
        "figure": judge.key or None,
        **{name: _score(score, judge) for name, score in scores.items()},
        **{key: number_of(summary.get(key)) for key in OF_THE_SUMMARY},
        "model_seed": options.get("model_seed"),
        "dataset_seed": data.get("dataset_seed"),
        "version": section(run.environment, "nnlab").get("version"),
    }


def _until_now(run: Run) -> dict[str, Any]:
    """Of a run that has no summary, the scores of its last epoch."""
    last = {row["partition"]: row for row in run.metrics}
    return {name: last.get(name) for name in PARTITIONS}


def _score(score: Mapping[str, Any] | None, judge: Judge) -> dict[str, Any] | None:
    if score is None:
        return None
    known = {name: number_of(score.get(name)) for name in ("loss", judge.key, "samples") if name}
    return known | ({"interval": score["interval"]} if "interval" in score else {})
