"""The folder of a lab: its plan, a line for each cell that came to an end, and what they gave together."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, RunError
from nnlab.core.reading import parsed, read_text
from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, FIELDS, OPTIONAL, Row
from nnlab.labs.settled import new_part, parts_in, put_aside, row_in, settle
from nnlab.tracking.environment import environment
from nnlab.tracking.fields import SIZE, TABLE, TEXT, all_of, require
from nnlab.tracking.files import Lines, each_line, to_json, write_whole, writing
from nnlab.tracking.lock import hold_alone, release
from nnlab.tracking.names import LAB
from nnlab.tracking.store import new_folder

CONFIG, ROWS, CELLS, REPORT = "config.toml", "rows.jsonl", "cells", "report.html"

CELL = {"cell": TEXT, "kind": TEXT, "repeat": SIZE, "job": TABLE}
"""Of a cell in plan.json."""


@dataclass(frozen=True)
class StudyFolder:
    """A folder below that of runs: config.toml (repeats it), environment.json, plan.json, rows.jsonl, `<lab>.json`,
    report.html, figures/, and in cells/ a folder for each cell, with its run."""

    folder: Path

    @classmethod
    def create(cls, runs_dir: Path, plan: Plan) -> "StudyFolder":
        """A new one, none of whose cells has run; `latest` stays as it is. Raises RunError: it cannot be written."""
        config = plan.to_toml()
        made = cls(new_folder(runs_dir, f"{plan.exp_id}-{plan.lab}", config))
        made.furnish(plan, CELLS)
        return made

    def furnish(self, plan: Plan, cells: str) -> None:
        """Makes of an empty folder one of a lab. Options:  cells: the name of the folder that they lie in."""
        with writing(self.folder):
            for name in (cells, "figures"):
                (self.folder / name).mkdir()
        self.write("environment.json", to_json(environment(), indent=2) + "\n")
        self.write_plan(plan)

    def write_plan(self, plan: Plan) -> None:
        """Writes down what is to be done. Raises RunError: when the disk takes no more."""
        about = {
            "schema_version": 1,
            "lab": plan.lab,
            "section": plan.section,
            "cells": [_written(cell) for cell in plan.cells],
        }
        self.write(LAB, to_json(about, indent=2) + "\n")
        self.write(CONFIG, plan.to_toml())

    @property
    def lab(self) -> str:
        """Which lab it is of. Raises DataError: it is none, or damaged."""
        return str(self._about["lab"])

    @property
    def _about(self) -> dict[str, Any]:
        path = self.folder / LAB
        try:
            document = parsed(json.loads, read_text(path))
        except FileNotFoundError:
            hint = "give the folder that the lab said, such as runs/<date>-main-study-models-<hash>"
            raise DataError("is no folder of a lab (it has no plan.json)", where=str(self.folder), hint=hint) from None
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else None
            raise DataError(f"cannot be read ({said or error})", where=str(path)) from None
        return require(document, {"lab": TEXT, "cells": all_of(TABLE)}, where=str(path))

    @property
    def plan(self) -> Plan:
        """What it is to do. Raises DataError: its files cannot be read, or are damaged."""
        about = self._about
        try:
            settings = parsed(tomllib.loads, read_text(self.folder / CONFIG))
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else None
            raise DataError(f"cannot be read ({said or error})", where=str(self.folder / CONFIG)) from None
        section = str(about.get("section", ""))
        options = {key: value for key, value in settings.pop(section, {}).items() if key != "lab"}
        where = str(self.folder / LAB)
        cells = [require(cell, CELL, where=f"{where}: cells") for cell in about["cells"]]
        made = [Cell(cell["cell"], cell["kind"], cell["job"], cell["repeat"]) for cell in cells]
        return Plan(str(about["lab"]), section, options, settings, tuple(made))

    @property
    def identities(self) -> frozenset[str]:
        """Of the cells that it began with. Raises DataError: as `lab` does."""
        return frozenset(str(cell.get("identity")) for cell in self._about["cells"])

    @property
    def rows(self) -> dict[str, Row]:
        """What became of each cell, by its identity; of one that was tried several times the last.

        Raises:  DataError: when a line is damaged.
        """
        found: dict[str, Row] = {}
        for row in each_line(self.folder / ROWS, FIELDS, OPTIONAL):
            if found.get(row["identity"], {}).get("status") != DONE:  # what is done stays so
                found[row["identity"]] = row
        return found

    def place(self, cell: Cell) -> Path:
        """The cell's own folder, once it came to its end."""
        return self.folder / CELLS / cell.folder

    def part(self, cell: Cell) -> Path:
        """A folder for a cell to be worked on in that is nobody else's: what was left to go on with, or none yet."""
        return new_part(self.place(cell))

    def put_aside(self, cell: Cell, part: Path) -> None:
        """Keeps what a cell was worked on in that did not come to its end, where it can be gone on with."""
        put_aside(part, self.place(cell))

    def settle(self, cell: Cell, part: Path, row: Row) -> Row:
        """Gives what a cell was worked on in its place, and the row that stands for it.

        Raises:  ComparisonError: it was done twice, and came out otherwise.  RunError: the disk takes no more.
        """
        return settle(cell, part, self.place(cell), row)

    @contextmanager
    def alone(self) -> Iterator["Ledger"]:
        """What takes rows in, for as long as nobody else does. Raises RunError: another process is at work here."""
        try:
            lock = hold_alone(self.folder)
        except BlockingIOError:
            what, hint = "another process is at work on it", "wait for it, or end it"
            raise RunError(what, where=str(self.folder), hint=hint) from None
        try:
            ledger = Ledger(self, alone=lock is not None)
            try:
                yield ledger
            finally:
                ledger.close()
        finally:
            release(lock)

    def write(self, name: str, content: str) -> Path:
        """Writes a file of the folder whole; its path."""
        write_whole(self.folder / name, content)
        return self.folder / name

    def write_document(self, lab: str, document: Mapping[str, Any]) -> Path:
        """Writes `<lab>.json`."""
        return self.write(f"{lab}.json", to_json({"schema_version": 1, **document}, indent=2) + "\n")


def _written(cell: Cell) -> dict[str, Any]:
    return {**cell.about, "job": dict(cell.job)}


class Ledger:
    """rows.jsonl, open: every line is whole and on disk when `add` returns."""

    def __init__(self, study: StudyFolder, *, alone: bool = True):
        self._study, self._path, self._alone = study, study.folder / ROWS, alone
        self._mended()
        self._lines = Lines(self._path)

    def add(self, row: Row) -> None:
        """Appends a row, once. Raises RunError: when the disk takes no more."""
        self._lines.add(row)
        self._lines.sync()

    def take_over(self, cells: Sequence[Cell]) -> None:
        """Appends the rows of cells that came to their end while nobody was left to write them down.

        What is half done and cannot be gone on with is removed, unless others may be at work on it.

        Raises:  ComparisonError: a cell was done twice, and came out otherwise.
        """
        known, places = self._study.rows, {self._study.place(cell): cell for cell in cells}
        parts = [found for folder in {place.parent for place in places} for found in parts_in(folder)]
        for part, name in parts:
            cell = places.get(part.with_name(name))
            if cell is not None and (row := row_in(part, cell)) is not None:
                self._study.settle(cell, part, row)
            elif self._alone:
                put_aside(part, part.with_name(name))
        for place, cell in places.items():
            if known.get(cell.identity, {}).get("status") == DONE:
                continue
            if (row := row_in(place, cell)) is not None:
                self.add(row)

    def close(self) -> None:
        """Ends it."""
        self._lines.close()

    def _mended(self) -> None:
        """Cuts off what a crash left of a last line, which would run into the next one."""
        if not self._path.exists():
            return
        with writing(self._path), self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            back = min(size, 1 << 24)
            file.seek(size - back)
            file.truncate(size - back + file.read().rfind(b"\n") + 1)
