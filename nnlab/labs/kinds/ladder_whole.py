"""Answers from a file on disk: a picture decoded, prepared, run and read, by every rung that may be timed, in turns."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.labs.kinds.base import KINDS, Job, Kind, Say
from nnlab.labs.ladder.job import files_of, meaning, opened, rest_of, rung_of, with_threads
from nnlab.labs.ladder.subjects import subject_of
from nnlab.labs.ladder.timing import no_collection

PICTURES = 24
"""Of each rung; the first one is its warm-up."""


@KINDS.register
class LadderWhole(Kind):
    """Shows when a model is no longer what an answer waits for."""

    def meaning(self, job: Job) -> Job:
        """Without places."""
        return meaning(job)

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Milliseconds of each answer, and of the preparation alone."""
        subject, files = subject_of(job["subject"]), files_of(job)
        with_threads(job)
        pictures = subject.test or subject.training
        if pictures is None or pictures.path(0) is None or len(files.example) != 1:
            return {"calls": {}, "prepare_ms": [], "why_not": "its pictures are no files of one sample each"}
        own = [name for name in job["rungs"] if rung_of(name).judged]  # not what starts a program for each picture
        ready = {name: opened(name, files) for name in own}
        places = [int(place) for place in np.linspace(0, len(pictures.sources) - 1, PICTURES).round()]
        calls: dict[str, list[float]] = {name: [] for name in ready}
        alone: list[float] = []
        rest = rest_of(job)
        with no_collection():
            for place in places:
                began = time.perf_counter()
                pictures.prepared(place)
                alone.append((time.perf_counter() - began) * 1e3)
                for name, each in ready.items():
                    began = time.perf_counter()
                    outputs = each.run(pictures.prepared(place))
                    if subject.answers is not None:
                        subject.answers(outputs)
                    calls[name].append((time.perf_counter() - began) * 1e3)
                    rest()
        for each in ready.values():
            each.close()
        return {"calls": {name: each[1:] for name, each in calls.items()}, "prepare_ms": alone[1:], "why_not": None}
