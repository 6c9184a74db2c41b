"""What is said of two experiments: the difference, by which test, and in which word."""

from dataclasses import dataclass, replace
from typing import Literal

from nnlab.metrics.significance import Difference, Word
from nnlab.tracking.judged import Judge, number_of
from nnlab.tracking.run import Run

Partition = Literal["dev", "test"]

LOSS = Judge("loss", "loss", "lower")


@dataclass(frozen=True)
class Verdict:
    """How a second experiment does against a first.

    Options:  judge: the figure that is compared.  first, second: theirs, or the means over their runs.
              runs: how many of each were compared.  found: the difference, by which test.
              samples, lost, won: of McNemar's test: all, those that only the first, only the second is right about.
    """

    labels: tuple[str, str]
    partition: Partition
    judge: Judge
    first: float | None
    second: float | None
    runs: tuple[int, int]
    found: Difference
    samples: int | None = None
    lost: int | None = None
    won: int | None = None

    @property
    def word(self) -> Word:
        """What can be said of the second."""
        return self.found.word(self.judge.better)

    def noted(self, note: str) -> "Verdict":
        """The same with one note more."""
        notes = "; ".join(text for text in (note, self.found.note) if text)
        return replace(self, found=replace(self.found, note=notes))


def figure_of(run: Run, partition: Partition, judge: Judge) -> float | None:
    """A final figure of a run; None where it has none."""
    score = (run.summary or {}).get(partition) or {}
    return number_of(score.get(judge.key))
