"""A cell for another machine: files that are named as seen from here are named whole."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab.experiment.settings import settings
from nnlab.labs.cell import Cell


def placed(cell: Cell) -> Cell:
    """The cell, its settings that are paths made whole where something lies there.

    A dataset that is found by its name alone, as those that ship, stays a name: a worker has it where its nnlab is.
    """
    tables: dict[str, dict[str, Any]] = {name: dict(table) for name, table in cell.job.get("settings", {}).items()}
    for setting in settings():
        table = tables.get(setting.section, {})
        if setting.option.path and setting.key in table:
            table[setting.key] = _whole(setting.key, table)
    return replace(cell, job={**cell.job, "settings": tables}) if tables else cell


def _whole(key: str, table: Mapping[str, Any]) -> Any:
    """A setting's value."""
    value = table[key]
    if not isinstance(value, str):
        return value
    there = Path(value) / str(table["dataset"]) if key == "datasets_path" and "dataset" in table else Path(value)
    return str(Path(value).absolute()) if there.exists() else value
