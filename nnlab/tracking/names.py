"""A run by its name: `latest`, an exp-id, or the beginning of one or of its folder's name."""

import os
from collections.abc import Sequence
from pathlib import Path

from nnlab.core.errors import UsageError
from nnlab.data.runs_within import RUN

RUNS = "runs"
"""The folder of runs when none is chosen."""

RUN_FILE = "config.toml"
"""What makes a folder a run."""


LAB = "plan.json"
"""What makes a folder that of a lab: its cells, which have runs of their own."""

KINDS = {"comparison.json": "comparison", "bench.json": "benchmark", "folds.json": "folds", LAB: "study"}
"""What else lies in a folder of runs, by the file that says so."""


def folder_of_runs() -> Path:
    """Where runs are looked for by name."""
    return Path(os.environ.get("NNLAB_RUNS_DIR") or RUNS)


def is_run(folder: Path) -> bool:
    """Whether a folder is a run, or what is left of one."""
    named = RUN.fullmatch(folder.name) is not None
    try:
        return (folder / RUN_FILE).is_file() or (named and folder.is_dir() and any(folder.iterdir()))
    except OSError:  # nobody may look into it
        return named


def run_folder(path: str | Path, runs: Path | None = None) -> Path:
    """The folder that a path or a name means.

    A path that is there is meant; else a name in the folder of runs (NNLAB_RUNS_DIR, or runs/): `latest`, an exp-id,
    which means its newest run, or the beginning of one folder's name or of one exp-id.

    Options:  runs: the folder of runs, where another one is said.
    Raises:  UsageError: when several folders or exp-ids begin so.
    """
    given = Path(path)
    name = str(path)
    if not name or len(given.parts) != 1 or os.path.lexists(given):
        return given
    runs = runs or folder_of_runs()
    if os.path.lexists(runs / name):
        return runs / name
    folders = sorted(folder for folder in runs.glob("*") if (folder / RUN_FILE).is_file() and not folder.is_symlink())
    named = [folder for folder in folders if exp_id(folder.name) == name]
    if named:
        return named[-1]
    beginning = [folder for folder in folders if folder.name.startswith(name)]
    if len(beginning) > 1:
        some = ", ".join(folder.name for folder in beginning[-3:])
        raise UsageError(
            f"{len(beginning)} runs in {runs} begin so", where=name, hint=f"write more of it, such as {some}"
        )
    return beginning[0] if beginning else _by_the_beginning_of_its_id(name, folders, runs) or given


def _by_the_beginning_of_its_id(name: str, folders: Sequence[Path], runs: Path) -> Path | None:
    """The newest run of the exp-id that begins so; None where none does."""
    beginning = {exp_id(folder.name): folder for folder in folders if exp_id(folder.name).startswith(name)}
    if len(beginning) > 1:
        hint = f"write more of it, such as {', '.join(sorted(beginning)[:3])}"
        raise UsageError(f"{len(beginning)} exp-ids in {runs} begin so", where=name, hint=hint)
    return next(iter(beginning.values()), None)


def exp_id(name: str) -> str:
    """That of a folder named <date>-<time>-<exp-id>-<hash>."""
    return "-".join(name.split("-")[2:-1])
