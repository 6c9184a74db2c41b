"""Runs the cells of pages, each in a process of its own, and keeps what each left under its identity."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nnlab.claims.measuring import Made
from nnlab.claims.planned import Cell, Planned
from nnlab.core.errors import DataError, RunError
from nnlab.core.reading import parsed, read_text
from nnlab.experiment.sources import RESERVED_ENVIRONMENT
from nnlab.tracking.files import write_whole
from nnlab.tracking.run import read_run

RESULT = "result.json"
"""What a command printed."""

Told = Callable[[str], None]


def in_turns(planned: Sequence[Planned]) -> list[Cell]:
    """The cells, the first of every run, then the second of every run: what disturbs the machine meets all of them."""
    longest = max((len(each.cells) for each in planned), default=0)
    return [each.cells[turn] for turn in range(longest) for each in planned if turn < len(each.cells)]


def folder_of(cell: Cell, runs_dir: Path) -> Path:
    """Where a cell's folder lies, whatever page asks for it."""
    return runs_dir / "docs" / cell.identity[:32]


def is_made(cell: Cell, runs_dir: Path) -> bool:
    """Whether it was run before, to its end."""
    return folder_of(cell, runs_dir).is_dir()


def make(cell: Cell, runs_dir: Path) -> None:
    """Runs a cell into its folder, which is there whole or not at all.

    Raises:  RunError: when its process fails, with what it said last.
    """
    target = folder_of(cell, runs_dir)
    draft = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        if cell.experiment is None:
            write_whole(draft / RESULT, _told_by([*cell.words, "--json"], cell))
        else:
            config = draft / "settings.toml"
            write_whole(config, cell.experiment.to_toml())
            _told_by(["train", f"--config={config}", f"--runs-dir={draft}", "--exp-id=run", "--json", "--quiet"], cell)
        try:
            draft.rename(target)
        except OSError:
            if not target.is_dir():  # else another command has made it meanwhile
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _told_by(words: Sequence[str], cell: Cell) -> str:
    """What a command printed."""
    command = [sys.executable, "-P", "-m", "nnlab", *words]
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith("NNLAB_") or name in RESERVED_ENVIRONMENT
    }  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return done.stdout
    lines = [line.removeprefix("nnlab: error: ") for line in done.stderr.splitlines() if line.strip()]
    if done.returncode in (-2, 130, 143):
        raise KeyboardInterrupt(-done.returncode if done.returncode < 0 else done.returncode - 128)
    said = lines[-1] if lines else "it said nothing"
    raise RunError(
        f"ended with {done.returncode}: {said}", where=f"run {cell.run} ({cell.seeds or ' '.join(cell.words)})"
    )


def made_of(plan: Planned, runs_dir: Path) -> Made:
    """What there is of a run.  Raises DataError: when a folder is damaged."""
    if plan.reported is not None:
        return Made({}, reported=plan.reported)
    folders: dict[str, Path] = {}
    document: Any = None
    for cell in plan.cells:
        folder = folder_of(cell, runs_dir)
        if cell.experiment is None:
            document = _document(folder / RESULT)
            continue
        runs = [path.parent for path in folder.glob("*/summary.json") if not path.parent.is_symlink()]
        if len(runs) != 1:
            hint = "delete the folder, and run again"
            raise DataError("holds no run that has ended", where=str(folder), hint=hint)
        folders[cell.seeds] = read_run(runs[0]).folder
    return Made(folders, document)


def _document(path: Path) -> Any:
    try:
        return parsed(json.loads, read_text(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"cannot be read ({reason})", where=str(path), hint="delete its folder, and run again"
        ) from None
