"""An epoch while it lasts."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from nnlab.core.types import Array
from nnlab.training.clock import Phases, memory_mb, peak_memory_mb
from nnlab.training.record import EpochRecord, Score
from nnlab.training.scoring import Tally


@dataclass(eq=False)
class OpenEpoch:
    """What an epoch gathers until it is whole.

    Options:  number: 1 is the first.  phases_before: the seconds by phase when it began.
              dev, candidate: dev's score and, if it may be the best, a copy of the weights that it is of.
    """

    number: int
    tally: Tally
    phases_before: dict[str, float]
    began: float = field(default_factory=time.perf_counter)
    dev: Score | None = None
    candidate: Mapping[str, Array] | None = None

    @property
    def judged(self) -> Score:
        """The score that decides which weights are the best."""
        return self.dev or self.tally.score()

    def close(self, epochs: int, phases: Phases, *, best: bool) -> EpochRecord:
        """The record of the whole epoch."""
        return EpochRecord(
            epoch=self.number,
            epochs=epochs,
            training=self.tally.score(),
            dev=self.dev,
            penalty=self.tally.penalty,
            best=best,
            seconds=time.perf_counter() - self.began,
            phases_s=phases.since(self.phases_before),
            memory_mb=memory_mb(),
            peak_memory_mb=peak_memory_mb(),
        )
