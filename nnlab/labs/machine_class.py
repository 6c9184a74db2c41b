"""On which class of machine something ran: what its bits may depend on."""

import platform
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.meaning import versions
from nnlab.tracking.environment import processor


def machine_class(cell: Cell) -> dict[str, Any]:
    """The processor, what computes, and how many threads a cell had. Nothing of who or where."""
    backend = cell.job.get("settings", {}).get("run", {}).get("backend", "numpy")
    return {
        "processor": processor(),
        "python": platform.python_version(),
        "versions": dict(versions(str(backend))),
        "threads": cell.threads,
    }
