"""Whether a run's data is made ahead of its time, how long it waited for it, and what would shorten that."""

from collections.abc import Iterator
from typing import Any

from nnlab.core.machine import usable_cores
from nnlab.data.augment import threads_of
from nnlab.data.options import DataOptions
from nnlab.data.partition import Data
from nnlab.data.pipeline import augmentation_steps
from nnlab.training.record import TrainingResult

MOST = 0.2
"""The share of its time that a run may wait before a line says what to do."""

LEAST_SECONDS = 1.0
"""A wait that is worth a line."""

LEAST_SIDE = 32
"""Images are not told to become smaller than that, in pixels."""


AT_WORK = 2
"""Threads that the step of a small network keeps busy where it may have all."""


def makes_ahead(data: Data, threads: int, device: str) -> bool:
    """Whether minibatches are to be made while the network learns: where they take time, and a core is free for it.

    On two cores that both compute, a third thread only takes turns with them: an epoch of SmallCnn with augmentation
    took 1.28 times the plain one so, and 1.13 times with each batch made when it was wanted.

    Options:  threads: for the arithmetic; 0 for all cores.  device: that the network computes on.
    """
    return data.training.is_random and (device != "cpu" or usable_cores() > (threads or AT_WORK))


def waiting(result: TrainingResult, options: DataOptions, data: Data) -> dict[str, Any]:
    """Seconds that training waited for minibatches, their share of its time, and what to do where that is too much."""
    seconds = result.phases_s.get("load", 0.0)
    share = seconds / result.elapsed_s if result.elapsed_s > 0 else 0.0
    said = []
    if share > MOST and seconds >= LEAST_SECONDS:
        *others, last = _lighter(options)
        ways = f"{', '.join(others)} or {last}" if others else last
        said.append(f"{share:.0%} of training waited for data: try {ways}")
    whole = result.elapsed_s + data.seconds
    if not options.disk_cache and data.seconds > max(MOST * whole, LEAST_SECONDS):
        taken = f"{data.seconds / whole:.0%} of the time went into preparing images"
        said.append(f"{taken}: --disk-cache=true keeps them for the next run")
    return {"seconds": seconds, "share": share, "advice": "; ".join(said) or None}


def _lighter(options: DataOptions) -> Iterator[str]:
    """What makes minibatches sooner, as far as it applies, what helps most first."""
    steps = augmentation_steps(options)
    if steps:
        yield f"fewer --augment steps ({', '.join(dict.fromkeys(type(step).__name__ for step in steps))})"
    if max(options.resize) > LEAST_SIDE:
        yield f"a smaller --resize than {options.resize[0]},{options.resize[1]}"
    elif not steps:
        yield "a smaller --max-minibatch-size"
    if steps and threads_of(options.workers) < usable_cores() > AT_WORK:
        yield f"--workers={usable_cores()}"
