"""Whether a cell means where it runs what it meant where it was planned: the same data, code and versions."""

from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.core.errors import DataError, RunError
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.base import KINDS
from nnlab.tracking.files import plain

SAID = {"components": "its code", "versions": "its version of", "settings": "its setting"}
"""How parts of a meaning are called."""


def refuse_another(cell: Cell, worker: str) -> None:
    """Works out anew what a cell means here.

    Options:  worker: how this machine is called where the cell comes from.
    Raises:   DataError: the data are others.  RunError: the code or versions are, each one named.
    """
    planned, here = cell.job.get("meaning"), KINDS.get(cell.kind)().anew(cell.job)
    if planned is None or here is None:
        return
    here, where = plain(here), f"worker {worker}"
    if planned.get("content") != here.get("content"):
        what = f"its data are others: digest {here.get('content')} there, {planned.get('content')} here"
        raise DataError(what, where=where, hint="bring the same files there")
    if differences := list(_differences(planned, here)):
        raise RunError("; ".join(differences), where=where, hint="install the same there")


def _differences(planned: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
    for part, name in SAID.items():
        own, theirs = dict(planned.get(part, {})), dict(here.get(part, {}))
        for key in sorted({*own, *theirs}):
            if own.get(key) != theirs.get(key):
                yield f"{name} {key} is {theirs.get(key)} there, {own.get(key)} here"
