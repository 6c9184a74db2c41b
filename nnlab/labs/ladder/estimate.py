"""What a ladder would take, from one call of each rung: nothing is written but in a temporary folder."""

import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nnlab.core.errors import NnlabError
from nnlab.experiment.answering.subject import Subject
from nnlab.labs.kinds.base import Skipped
from nnlab.labs.kinds.ladder_probe import LIBRARIES
from nnlab.labs.ladder.job import files_of, opened, rung_of
from nnlab.labs.ladder.ladder import named
from nnlab.labs.ladder.plan import Wish
from nnlab.labs.ladder.prepare import prepared
from nnlab.labs.ladder.subjects import subject_of
from nnlab.labs.ladder.timing import TEN, clocked

FROM_FILES = 24
"""Answers from files of each rung."""


@dataclass(frozen=True)
class Estimated:
    """Options:  rungs: ms a call, seconds until it is ready, seconds in all, by name.  lacking: why one cannot run."""

    rungs: Mapping[str, tuple[float, float, float]]
    lacking: Mapping[str, str]
    minutes: float
    took_s: float

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        keys = ("ms", "ready_s", "seconds")
        rungs = [{"rung": name, **dict(zip(keys, found, strict=True))} for name, found in self.rungs.items()]
        return {"rungs": rungs, "lacking": dict(self.lacking), "minutes": self.minutes, "calibration_s": self.took_s}


def estimated(wish: Wish, subject: Subject) -> Estimated:
    """Opens every rung here and calls it twice; the protocol says the rest."""
    began, names = time.perf_counter(), named(wish)
    found: dict[str, tuple[float, float, float]] = {}
    lacking: dict[str, str] = {}
    process_s, subject_s, library_s = _process(), _again(wish), _libraries(names)
    with tempfile.TemporaryDirectory(prefix="nnlab-ladder-") as folder:
        int8 = any(rung_of(name).gate == "int8" for name in names)
        start = time.perf_counter()
        ready = prepared(subject, Path(folder), threads=wish.threads, pictures=wish.calibration, int8=int8)
        files, prepared_s = files_of(ready.job), time.perf_counter() - start
        for name in names:
            if rung_of(name).gate == "int8" and ready.lacking:
                lacking[name] = ready.lacking
                continue
            try:
                start = time.perf_counter()
                made = opened(name, files)
                ready_s = time.perf_counter() - start
                call = made.timed or clocked(partial(made.run, files.example))
                call()
                ms, _ = call()
                made.close()
            except (Skipped, NnlabError) as error:
                lacking[name] = str(error)
                continue
            alone = process_s + library_s.get(rung_of(name).engine, 0.0)
            found[name] = (ms, ready_s, alone + _seconds(wish, ms, ready_s, ready.tests))
    each = process_s + sum(library_s.values())
    whole = sum(seconds for _, _, seconds in found.values()) + each * (wish.protocol.processes + 1)
    whole += prepared_s + subject_s  # read here, and once more where answers from files are timed
    return Estimated(found, lacking, whole / 60, time.perf_counter() - began)


def _process() -> float:
    """Seconds until a cell's process is at work: Python, nnlab's own modules, those of ONNX."""
    began = time.perf_counter()
    program = (
        "import nnlab.labs.work, nnlab.labs.kinds.ladder_calls; from nnlab.onnx.rungs import all_rungs; all_rungs()"
    )
    subprocess.run([sys.executable, "-P", "-c", program], check=False, start_new_session=True)  # as cells are
    return time.perf_counter() - began


def _again(wish: Wish) -> float:
    """Seconds that it takes to read the run, or the file, and its pictures."""
    began = time.perf_counter()
    subject_of(wish.subject)
    return time.perf_counter() - began


def _libraries(names: Sequence[str]) -> dict[str, float]:
    """Seconds that the libraries of what runs these rungs take to be imported, as every process does anew."""
    found = {}
    for engine in {rung_of(name).engine for name in names} & LIBRARIES.keys():
        began = time.perf_counter()
        with suppress(ImportError):
            importlib.import_module(LIBRARIES[engine])
        found[engine] = time.perf_counter() - began
    return found


def _seconds(wish: Wish, ms: float, ready_s: float, tests: int) -> float:
    """Of one rung: its probe, its share of every process, its batches, its answers from files."""
    protocol, share = wish.protocol, wish.protocol.share
    warm = max(protocol.warm_up_seconds, 2 * TEN * ms / 1e3)
    calls = max(share.seconds, share.calls * ms / 1e3)
    probe = 2 * ready_s + (64 + tests) * ms / 1e3
    batches = sum(max(0.1, 5 * size * ms / 1e3) for size in wish.sizes)
    return probe + protocol.processes * (ready_s + warm + calls) + batches + ready_s + FROM_FILES * ms / 1e3
