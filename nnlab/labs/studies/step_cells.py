"""Columns about the time of learning steps, for every table of trainings."""

from nnlab.core.quartiles import Quartiles
from nnlab.tracking.step_times import StepTimes

HEAD = ("step ms (quartiles)", "undisturbed", "step CPU ms", "first step ms", "steps disturbed")

WORDS = (
    "A step is what learning takes once its minibatches are there, without scoring and saving: the median and "
    "quartiles of all but a run's first, and of those during which the system gave the processor to nobody else; of "
    "several runs the median over them."
)
"""What the columns are, for a page."""


def cells(found: StepTimes | None) -> list[str]:
    """Their text; "-" for what was not measured."""
    if found is None:
        return ["-"] * len(HEAD)
    cpu, first, share = found.cpu_ms, found.first_ms, found.disturbed
    return [
        _quartiles(found.ms),
        _quartiles(found.undisturbed_ms),
        "-" if cpu is None else f"{cpu.middle:.4g}",
        "-" if first is None else f"{first:.4g}",
        "-" if share is None else f"{share:.0%}",
    ]


def _quartiles(found: Quartiles | None) -> str:
    return "-" if found is None else str(found)
