"""Which cells are at work, written down for who looks at a sweep meanwhile: `at-work.json`."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from nnlab.core.errors import RunError
from nnlab.core.reading import parsed, read_text
from nnlab.labs.cell import Cell
from nnlab.labs.engines.base import Watcher
from nnlab.labs.row import Row
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.files import to_json
from nnlab.tracking.lock import is_held

NAME = "at-work.json"


class AtWork(Watcher):
    """Writes it down, and passes everything on. What it writes is for the eye: a full disk is for others to tell.

    Options:  study: whose cells they are.  then: who listens besides.  total: cells that will be begun, as far as it is
              known: an engine knows those of a batch, or of a rung, alone.
    """

    def __init__(self, study: StudyFolder, then: Watcher, total: int):
        self._study, self._then, self._total = study, then, total
        self._since: dict[str, float] = {}
        self._begun = 0

    def begins(self, cell: Cell, place: int, total: int) -> None:
        """A cell is begun."""
        self._begun += 1
        self._since[cell.identity] = time.time()
        self._write()
        self._then.begins(cell, self._begun, max(self._begun, self._total))

    def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
        """Passed on."""
        self._then.heard(cell, event, said)

    def ended(self, cell: Cell, row: Row) -> None:
        """A cell came to its end."""
        self._since.pop(cell.identity, None)
        self._write()
        self._then.ended(cell, row)

    def leaves(self, cells: int) -> None:
        """Passed on."""
        self._then.leaves(cells)

    def _write(self) -> None:
        with suppress(RunError):
            self._study.write(NAME, to_json({"since": self._since}) + "\n")


def at_work(study: StudyFolder) -> Mapping[str, float]:
    """Since when which cells are at work, by identity; none where no process has the folder."""
    if not is_held(study.folder):
        return {}
    try:
        since = parsed(json.loads, read_text(study.folder / NAME))["since"]
        return {str(identity): float(at) for identity, at in since.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
