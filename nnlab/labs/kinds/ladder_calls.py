"""All rungs of a ladder that may be timed, in one process: warmed up, then a call of each in turns."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.labs.kinds.base import KINDS, Job, Kind, Say
from nnlab.labs.ladder.job import files_of, meaning, opened, rest_of, rung_of, with_threads
from nnlab.labs.ladder.timing import Protocol, clocked, interleaved, no_collection, warm_up

if TYPE_CHECKING:
    from nnlab.onnx.rungs.base import Files, Ready

AGAIN = "reference again"
"""The reference once more: what its time seems to be of its own is what nobody should take for an effect."""

BATCH_CALLS, BATCH_SECONDS = 5, 0.1
"""Of each rung and size of batch at least."""


@KINDS.register
class LadderCalls(Kind):
    """Repeats of it are processes of their own."""

    def meaning(self, job: Job) -> Job:
        """Without places."""
        return meaning(job)

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Milliseconds of every call, whether it was disturbed, and its round; batches where the job has sizes."""
        files = files_of(job)
        with_threads(job)
        ready = {name: opened(name, files) for name in job["rungs"]}
        ready[AGAIN] = opened(job["rungs"][0], files)
        protocol, rest = Protocol(**job["protocol"]), rest_of(job)
        try:
            calls = {name: each.timed or clocked(_calling(each, files)) for name, each in ready.items()}
            with no_collection():
                warm = {}
                for place, (name, call) in enumerate(calls.items(), 1):
                    warm[name] = warm_up(call, protocol.warm_up_seconds)
                    say("epoch", done=place, total=len(calls) + 1)
                told = interleaved(calls, protocol, rest=rest)
                sizes = _batches(ready, files, job["sizes"])
        finally:
            for each in ready.values():
                each.close()
        return {
            "warm_up_calls": warm,
            "calls": {name: [[round(c.ms, 5), c.disturbed, c.round] for c in each] for name, each in told.items()},
            "batches": sizes,
        }


def _calling(ready: "Ready", files: "Files", size: int | None = None) -> Callable[[], object]:
    x = files.example if size is None else np.repeat(files.example[:1], size, axis=0)
    return lambda: ready.run(x)


def _batches(ready: Mapping[str, "Ready"], files: "Files", sizes: list[int]) -> dict[str, dict[str, float]]:
    """Pictures a second of each rung for batches of each size, by the median call."""
    found: dict[str, dict[str, float]] = {name: {} for name in ready if name != AGAIN}
    for size in sizes:
        some = {name: clocked(_calling(ready[name], files, size)) for name in found if rung_of(name).any_batch}
        for call in some.values():
            call()
        told = interleaved(some, Protocol(BATCH_CALLS, BATCH_SECONDS, 0, 1))
        for name, calls in told.items():
            found[name][str(size)] = size / (float(np.median([call.ms for call in calls])) / 1e3)
    return found
