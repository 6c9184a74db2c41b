"""A rung of a ladder alone: made ready, its first call, its memory, what it gives; nothing that is compared by time."""

import importlib
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.types import Array
from nnlab.experiment.answering.subject import batches
from nnlab.labs.kinds.base import KINDS, Job, Kind, Say
from nnlab.labs.ladder.job import files_of, meaning, opened, rung_of, with_threads
from nnlab.labs.ladder.timing import clocked
from nnlab.training.clock import peak_memory_mb

if TYPE_CHECKING:
    from nnlab.onnx.rungs.base import Ready

OUTPUTS = "outputs.npz"
"""What it gave, in its folder."""

FIRST_CALLS = 10
"""After which the memory that calls take is known."""

LIBRARIES = {"torch": "torch", "onnxruntime": "onnxruntime", "graph": "onnxruntime"}


@KINDS.register
class LadderProbe(Kind):
    """Its outputs are kept for the parity gate."""

    def meaning(self, job: Job) -> Job:
        """Without places."""
        return meaning(job)

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Opens it twice: what the second time does not take is preparation, done once for all calls to come."""
        rung, files = rung_of(job["rung"]), files_of(job)
        with suppress(ImportError):  # a library's own memory is not the rung's
            importlib.import_module(LIBRARIES.get(rung.engine, "numpy"))
        with_threads(job)
        before, began = peak_memory_mb(), time.perf_counter()
        ready = opened(rung.name, files)
        first = again = time.perf_counter() - began
        try:
            call = clocked(lambda: ready.run(files.example))
            first_ms, _ = call()
            for _ in range(FIRST_CALLS):
                call()
            peak = peak_memory_mb() - before
            if not rung.once:
                began = time.perf_counter()
                opened(rung.name, files)
                again = time.perf_counter() - began
            _save(ready, job, folder / OUTPUTS, test=rung.judged)
        finally:
            ready.close()
        return {
            "load_ms": None if rung.once else again * 1e3,
            "preparation_s": first if rung.once else max(0.0, first - again),
            "first_ms": None if ready.timed is not None else first_ms,  # of another process, which is started anew
            "peak_mib": None if ready.timed is not None else peak,
            "file_bytes": None if ready.file is None else ready.file.stat().st_size,
            "nodes": dict(ready.nodes),
            "logits": ready.logits,
        }


def _save(ready: "Ready", job: Job, path: Path, *, test: bool) -> None:
    """The outputs of the samples and, of what is judged, of the test pictures."""
    kept: dict[str, Array] = {}
    for what in ("samples", "test") if test else ("samples",):
        if job.get(what) is None:
            continue
        x = np.load(job[what], mmap_mode="r")
        parts = [ready.run(np.ascontiguousarray(x[some])) for some in batches(len(x), job["batch"])]
        for place, each in enumerate(zip(*parts, strict=True)):
            kept[f"{what}_{place}"] = np.concatenate([np.asarray(y) for y in each])
    np.savez(path, **kept)  # type: ignore[arg-type]


def outputs_of(path: Path, what: str) -> list[Array] | None:
    """All outputs that a probe kept of the samples or of the test pictures; None where it kept none."""
    with np.load(path) as kept:
        names = [name for name in kept.files if name.startswith(f"{what}_")]
        ordered = sorted(names, key=lambda name: int(name.rpartition("_")[2]))
        return [kept[name] for name in ordered] or None
