"""A cell that was ended before its time, and can be gone on with: what it left, and what that took."""

import json
from collections.abc import Mapping
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.reading import parsed, read_text
from nnlab.tracking.fields import NUMBER, require
from nnlab.tracking.files import to_json, write_whole

COST = "left.json"

FIELDS = dict.fromkeys(("wall_s", "cpu_s", "peak_memory_mb"), NUMBER)


class Left(Exception):
    """A kind's work was ended by whoever waits for it; in its folder is what it can be gone on with."""


def write_cost(folder: Path, cost: Mapping[str, float]) -> None:
    """Says what it took so far. Raises RunError: when the disk takes no more."""
    write_whole(folder / COST, to_json(cost) + "\n")


def cost_so_far(folder: Path) -> Mapping[str, float] | None:
    """What was left took; None where nothing was left to go on with."""
    try:
        found: Mapping[str, float] = require(parsed(json.loads, read_text(folder / COST)), FIELDS, where=COST)
    except (OSError, ValueError, DataError):
        return None
    return found


def together(before: Mapping[str, float] | None, now: Mapping[str, float]) -> dict[str, float]:
    """What both took: their seconds added up, of their memory the more."""
    if before is None:
        return dict(now)
    return {key: max(now[key], before[key]) if key == "peak_memory_mb" else now[key] + before[key] for key in now}
