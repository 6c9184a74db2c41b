"""An epoch while it lasts."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.types import Array
from nnlab.models.learner import Part, parts
from nnlab.training.clock import Phases, memory_mb, peak_memory_mb
from nnlab.training.record import EpochRecord, Score
from nnlab.training.scoring import Tally


@dataclass(eq=False)
class OpenEpoch:
    """What an epoch gathers until it is whole.

    Options:  number: 1 is the first.  phases_before: the seconds by phase when it began.
              batches: how many of its minibatches were learnt.
              dev, candidate: dev's score and, if it may be the best, a copy of the weights that it is of.
    """

    number: int
    tally: Tally
    phases_before: dict[str, float]
    began: float = field(default_factory=lambda: time.perf_counter())
    batches: int = 0
    dev: Score | None = None
    candidate: Mapping[str, Array] | None = None

    def state(self, phases: Phases) -> dict[str, Array]:
        """What going on within it needs besides weights. Raises TypeError: the metric cannot be left half way."""
        seconds = {f"phases_s/{phase}": taken for phase, taken in phases.since(self.phases_before).items()}
        figures = {"batches": self.batches, "seconds": time.perf_counter() - self.began, **seconds}
        gathered = {f"tally/{name}": array for name, array in self.tally.state().items()}
        return {name: np.asarray(value) for name, value in figures.items()} | gathered

    def load_state(self, state: Mapping[str, Array], phases: Phases) -> None:
        """Makes an epoch that has just begun the one that `state` is of."""
        parts = {name: {key.partition("/")[2]: value for key, value in state.items() if key.startswith(f"{name}/")}
                 for name in ("phases_s", "tally")}  # fmt: skip
        self.tally.load_state(parts["tally"])
        self.batches, self.began = int(state["batches"]), time.perf_counter() - float(state["seconds"])
        for phase, taken in parts["phases_s"].items():
            self.phases_before[phase] = phases.seconds.get(phase, 0.0) - float(taken)

    @property
    def judged(self) -> Score:
        """The score that decides which weights are the best."""
        return self.dev or self.tally.score()

    def close(self, epochs: int, phases: Phases, *, best: bool) -> EpochRecord:
        """The record of the whole epoch, whose phases add up to its duration."""
        with phases.timed("evaluate"):
            training = self.tally.score()
        seconds = time.perf_counter() - self.began
        own = seconds - sum(phases.since(self.phases_before).values())
        phases.add({"checks": max(own, 0.0)})  # what the loop itself took
        return EpochRecord(
            epoch=self.number,
            epochs=epochs,
            training=training,
            dev=self.dev,
            penalty=self.tally.penalty,
            best=best,
            seconds=seconds,
            phases_s=phases.since(self.phases_before),
            memory_mb=memory_mb(),
            memory_phases_mb=phases.memory(),
            peak_memory_mb=peak_memory_mb(),
        )


@dataclass(frozen=True, eq=False)
class Turn:
    """A batch whose turn it is.

    Options:  index: its place in the epoch; 0 is the first.  part: what it is of the step that learns from it.
              ends_step, ends_epoch: whether the step, and with it the epoch, ends with it.
    """

    index: int
    batch: Batch
    part: Part
    ends_step: bool
    ends_epoch: bool


def turns(batches: Iterator[Batch], first: int, accumulate: int, phases: Phases) -> Iterator[Turn]:
    """An epoch's batches from one on, so many in a step. One is read ahead, to know which is the last."""
    rest = itertools.islice(batches, first, None)

    def read(count: int) -> list[Batch]:
        with phases.timed("load"):
            return list(itertools.islice(rest, count))

    index, ahead = first, read(1)
    while ahead:
        step = ahead + read(accumulate - 1)
        ahead = read(1)
        yield from _turns(step, index, is_last=not ahead)
        index += len(step)


def _turns(step: Sequence[Batch], index: int, *, is_last: bool) -> Iterator[Turn]:
    for place, (batch, part) in enumerate(zip(step, parts(step), strict=True), start=1):
        ends = place == len(step)
        yield Turn(index + place - 1, batch, part, ends, ends and is_last)
