"""The jobs of a ladder's cells: what its processes are told, and what of that makes a cell what it is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import MissingError
from nnlab.labs.kinds.base import Job, Skipped

if TYPE_CHECKING:
    from nnlab.onnx.rungs.base import Files, Ready, Rung

PLACES = frozenset({"model", "int8", "folder", "example", "samples", "test", "subject"})
"""Keys that say where something lies; what lies there is in `content`."""


def meaning(job: Job) -> dict[str, Any]:
    """Without places."""
    return {key: value for key, value in job.items() if key not in PLACES}


def files_of(job: Job) -> "Files":
    """The files that rungs are made of."""
    from nnlab.onnx.rungs.base import Files

    return Files(
        Path(job["model"]),
        {name: Path(path) for name, path in job["int8"].items()},
        Path(job["folder"]),
        np.load(job["example"]),
        int(job["threads"]),
    )


def rung_of(name: str) -> "Rung":
    """The rung of a name."""
    from nnlab.onnx.rungs import all_rungs

    return all_rungs()[name]


def opened(name: str, files: "Files") -> "Ready":
    """A rung made ready. Raises Skipped: this machine lacks what it needs."""
    rung = rung_of(name)
    try:
        return rung.open(files)
    except MissingError as error:
        raise Skipped(rung.needs or rung.engine, "; ".join(str(error).splitlines())) from error


def rest_of(job: Job) -> Callable[[], None]:
    """What is done after a call: threads that wait for work by spinning would take the processor from the next one."""
    from nnlab.experiment.bench.gate import at_rest

    spinning = int(job["threads"]) != 1 or any(rung_of(name).spins for name in job["rungs"])
    return at_rest if spinning else lambda: None


def with_threads(job: Mapping[str, Any]) -> None:
    """Has the arithmetic of this process use as many threads as the job says, where it is loaded already."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=int(job["threads"]))
