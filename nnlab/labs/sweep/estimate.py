"""What a sweep will take, from some of its trials."""

import statistics
from dataclasses import dataclass, replace

from nnlab.core.evenly import evenly
from nnlab.labs.estimate import estimated
from nnlab.labs.sweep.sweep import Sweep

MEASURED = 12
"""Trials that are measured at most: of more, these stand for the others."""


@dataclass(frozen=True)
class SweepEstimate:
    """Options:  trials, cells: all that there will be.  wall_s, cpu_s: of all of them, one at a time; None: see why."""

    sweep: Sweep
    trials: int
    cells: int
    measured: int
    calibration_s: float
    wall_s: float | None = None
    cpu_s: float | None = None
    peak_memory_mb: float | None = None
    why: str = ""


def estimated_sweep(sweep: Sweep) -> SweepEstimate:
    """From one timed step of some trials, evenly taken; of those that are proposed later it is thought the same."""
    course, repeats = sweep.course, len(sweep.file.repeats.each)
    trials = sweep.trials
    whole = trials if course.halving is None else course.halving.whole(sweep.reaching)
    some = evenly(course.trials, MEASURED)
    found = estimated(replace(sweep.plan, cells=tuple(trial.cells[0] for trial in some)))
    known = [each for each in found.found.values() if "wall_s" in each]
    made = SweepEstimate(sweep, trials, sweep.count, len(known), found.calibration_s)
    if not known:
        return replace(made, why=next(iter(found.unknown.values()), "nothing was measured"))

    def cost(key: str) -> float:
        """Pictures that a trial's first seed keeps are read once."""
        every = statistics.fmean(float(each[key]) for each in known)
        read = statistics.fmean(float(each.get("read_once", {}).get(key, 0.0)) for each in known)
        return whole * repeats * every - trials * (repeats - 1) * read

    peaks = [float(each["peak_memory_mb"]) for each in known if "peak_memory_mb" in each]
    return replace(made, wall_s=cost("wall_s"), cpu_s=cost("cpu_s"), peak_memory_mb=max(peaks, default=None))
