"""How long a run may take: whether another epoch fits, and whether time is up amid one."""

import math
import time
from collections import deque
from collections.abc import Callable

LATEST = 3
"""Epochs that say how long the next one takes: the longest of them."""

SCORING = 1.1
"""By how much the last scores may take longer than those of the epochs told."""

LATE = 0.01
"""The share of the budget by which an epoch that turned out longer may be late at its end."""


class Budget:
    """Follows a run's time. Not how long it took is asked, but whether what has to come still fits.

    left = seconds - (now - began)
    another epoch fits where  longest of the latest epochs + last scores <= left
    time is up amid an epoch where  last scores >= left + LATE seconds

    Options:  seconds: that the run may take, its last scores included; infinite: as long as it does.
              began: when it began, by the clock; None: now.
              reason (after): in words, why the run was stopped; empty until then.
    """

    def __init__(
        self, seconds: float = math.inf, began: float | None = None, *, clock: Callable[[], float] = time.perf_counter
    ):
        self.seconds, self._clock = seconds, clock
        self._began = clock() if began is None else began
        self._epochs = deque[float](maxlen=LATEST)
        self._last, self._sample_s = self._began, 0.0
        self.reason = ""

    def starts(self) -> None:
        """Training starts now."""
        self._last = self._clock()

    def epoch_ended(self) -> None:
        """An epoch ended now, with all that follows from it."""
        now = self._clock()
        self._epochs.append(now - self._last)
        self._last = now

    def took(self, samples: int, seconds: float) -> None:
        """So long it takes to score so many samples."""
        self._sample_s = seconds / samples if samples else self._sample_s

    def fits_another(self, scored: int) -> bool:
        """Whether another epoch does; the first one is always begun.

        Options:  scored: samples that are scored when training is over.
        """
        longest, scoring, left = max(self._epochs, default=0.0), self._scoring(scored), self._left
        if not self._epochs or longest + scoring <= left:
            return True
        another = f"another epoch takes {longest:.3g} s and the last scores {scoring:.3g} s"
        self.reason = f"{another}; {max(left, 0):.3g} s were left of {self.minutes:g} min"
        return False

    def is_up(self, epoch: int, scored: int) -> bool:
        """Whether there is no time for a further step of this epoch."""
        if self._scoring(scored) < self._left + LATE * self.seconds:
            return False
        why = f"{epoch}, which took longer than those before it" if self._epochs else f"{epoch}"
        self.reason = f"the time of {self.minutes:g} min was up amid epoch {why}"
        return True

    @property
    def minutes(self) -> float:
        """As it was asked for."""
        return self.seconds / 60

    def document(self) -> dict[str, float | str | None]:
        """For the run's summary: the minutes that it might take, and why it was stopped, if it was."""
        return {"minutes": self.minutes, "reason": self.reason or None}

    @property
    def _left(self) -> float:
        return self.seconds - (self._clock() - self._began)

    def _scoring(self, samples: int) -> float:
        return SCORING * samples * self._sample_s
