"""The folder of a sweep: runs/<date>-sweep-<hash>/, which the same plan finds again."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, RunError
from nnlab.core.reading import parsed, read_text
from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, Row
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.sweep.trials import Planned, Trial
from nnlab.tracking.fields import FLAG, NOTHING, SIZE, TABLE, TEXT, all_of, require
from nnlab.tracking.files import to_json, writing
from nnlab.tracking.lock import hold_alone, release
from nnlab.tracking.store import dated_folder

LAB = "sweep"
PLAN, TRIALS, CELLS = "plan.toml", "trials.json", "trials"

WAIT_S = 10.0
"""For another command that makes a folder in the same place at this moment."""

TRIAL = {"number": SIZE, "name": TEXT, "settings": TABLE, "left": SIZE | NOTHING}


class SweepFolder(StudyFolder):
    """A folder below that of runs: plan.toml (the plan as it was written last), trials.json, and in trials/ a folder of
    each cell, named by its identity alone; else as a study's."""

    @classmethod
    def of(cls, runs_dir: Path, plan: Plan, key: str) -> "SweepFolder":
        """The newest of this key, else a new one. Raises RunError: it cannot be written."""
        with writing(runs_dir, hint="choose another folder with --runs-dir"):
            runs_dir.mkdir(parents=True, exist_ok=True)
        with _turn(runs_dir):
            found = [cls(folder) for folder in sorted(runs_dir.glob(f"*-{LAB}-{key}*"))]
            known = [folder for folder in found if folder.is_sweep]
            return known[-1] if known else cls.begun(runs_dir, plan, key)

    @classmethod
    def begun(cls, runs_dir: Path, plan: Plan, key: str) -> "SweepFolder":
        """A new one. Raises RunError: it cannot be written."""
        made = cls(dated_folder(runs_dir, f"{LAB}-{key}"))
        made.furnish(plan, CELLS)
        return made

    @property
    def is_sweep(self) -> bool:
        """Whether it is whole enough to be gone on with."""
        try:
            return self.lab == LAB
        except DataError:
            return False

    def place(self, cell: Cell) -> Path:
        """The cell's own folder."""
        return self.folder / CELLS / cell.identity

    def restate(self, plan: Plan, planned: Sequence[Planned], text: str, *, is_over: bool = False) -> None:
        """Writes down what is to be done by now. Raises RunError: when the disk takes no more.

        Options:  text: of the plan, as it was written.  is_over: whether nothing follows from what became of it.
        """
        self.write(PLAN, text)
        self.write_plan(plan)
        rows = [_written(each) for each in planned]
        about = {"schema_version": 1, "over": is_over, "trials": rows}
        self.write(TRIALS, to_json(about, indent=2) + "\n")

    @property
    def planned(self) -> list[Planned]:
        """The trials by now. Raises DataError: its files are damaged."""
        path, rows = self.folder / TRIALS, self._stated["trials"]  # before plan.json, which grows first
        cells = {cell.identity: cell for cell in self.plan.cells}
        return [_read(require(row, TRIAL, where=f"{path}: trials"), cells, str(path)) for row in rows]

    @property
    def is_over(self) -> bool:
        """Whether nothing follows from what became of its trials. Raises DataError: its files are damaged."""
        return bool(self._stated["over"])

    @property
    def _stated(self) -> Mapping[str, Any]:
        path = self.folder / TRIALS
        try:
            found = parsed(json.loads, read_text(path))
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else None
            raise DataError(f"cannot be read ({said or error})", where=str(path)) from None
        return require(found, {"trials": all_of(TABLE), "over": FLAG}, where=str(path))

    def forget_states(self, planned: Sequence[Planned], rows: Mapping[str, Row]) -> None:
        """Removes what only going on with a training needs, of all that are not gone on with any more."""
        for each in planned:
            ended = all(rows.get(cell.identity, {}).get("status") == DONE for cell in each.rungs[-1])
            for place, cells in enumerate(each.rungs):
                if not ended and place == len(each.rungs) - 2:
                    continue  # the rung at hand goes on from it
                for cell in cells:
                    for state in self.place(cell).glob("*/state"):
                        shutil.rmtree(state, ignore_errors=True)


def _written(planned: Planned) -> dict[str, Any]:
    trial, rungs = planned.trial, [[cell.identity for cell in cells] for cells in planned.rungs]
    return {"number": trial.number, "name": trial.name, "settings": dict(trial.settings), "rungs": rungs,
            "left": planned.left}  # fmt: skip


def _read(row: Mapping[str, Any], cells: Mapping[str, Cell], where: str) -> Planned:
    try:
        rungs = tuple(tuple(cells[identity] for identity in own) for own in row["rungs"])
        trial = Trial(row["number"], row["name"], row["settings"], rungs[-1])
    except (KeyError, TypeError, IndexError):
        raise DataError(f"names cells of {row['name']} that plan.json does not have", where=where) from None
    return Planned(trial, rungs, row["left"])


@contextmanager
def _turn(runs_dir: Path) -> Iterator[None]:
    """Within, no other sweep looks for its folder here, or makes it. Raises RunError: one takes too long."""
    end, lock = time.monotonic() + WAIT_S, None
    while True:
        try:
            lock = hold_alone(runs_dir)
            break
        except BlockingIOError:
            if time.monotonic() > end:
                raise RunError("another process has it locked", where=str(runs_dir), hint="end it first") from None
            time.sleep(0.05)
    try:
        yield
    finally:
        release(lock)
