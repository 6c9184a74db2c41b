"""Notices when the loss rises far above the least that it was, and acts on it: a warning, an end, or the way back."""

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from nnlab.checks.reaction import react
from nnlab.core.errors import CheckError
from nnlab.training.callback import Callback, Run, tell_check
from nnlab.training.record import StepRecord

Divergence = Literal["off", "warn", "stop", "rollback"]
"""off: nobody looks.  warn: one line in the log.  stop: CheckError.  rollback: back to the last good state, at half the
learning rate."""

MOST_ROLLBACKS = 3
"""A run that diverges once more is stopped: its trouble is not the learning rate."""

SHARE = 0.9
"""Of the smoothed loss that a step keeps: one hard minibatch is no divergence."""

LEAST = 0.01
"""Of the first loss: a minimum below it counts as this. A loss that is all but 0 rises fourfold for nothing."""


@dataclass(eq=False)
class DivergenceGuard(Callback):
    """Holds the smoothed loss of every step against its running minimum.

    average = share average + (1 - share) loss          smoothed = average / (1 - share^steps)
    diverged:  smoothed > factor max(minimum, LEAST first loss), or a loss that is not finite

    The last good state is the one at the end of the epoch that had the least smoothed loss; before the first, the
    beginning. On the way back the smoothed loss is again what it was there, minimum and chance go on.

    Options:  factor: above 1.
    """

    reaction: Divergence = "warn"
    factor: float = 4.0
    _: KW_ONLY
    events: int = field(default=0, init=False)
    rollbacks: int = field(default=0, init=False)
    _average: float = field(default=0.0, init=False, repr=False)
    _steps: int = field(default=0, init=False, repr=False)
    _first: float = field(default=0.0, init=False, repr=False)
    _least: float = field(default=math.inf, init=False, repr=False)
    _apart: bool = field(default=False, init=False, repr=False)
    _good: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _looked: int = field(default=0, init=False, repr=False)
    _step_loss: float = field(default=0.0, init=False, repr=False)
    _run: Run | None = field(default=None, init=False, repr=False)

    def run_start(self, run: Run) -> None:
        """Remembers whom to ask for the way back."""
        self._run = run

    def epoch_start(self, epoch: int) -> None:
        """Keeps the state that the epoch begins with, if it is the best of those that epochs began with."""
        if self.reaction != "rollback" or self._run is None or epoch <= self._looked:
            return
        self._looked = epoch
        smoothed = self._smoothed if self._steps else math.inf
        if not self._good or (not self._apart and smoothed < self._good["smoothed"]):
            self._good = {"epoch": epoch - 1, "smoothed": smoothed, "average": self._average, "steps": self._steps}
            self._run.keep_good()

    @property
    def _smoothed(self) -> float:
        return self._average / (1 - SHARE**self._steps)

    def step_end(self, step: StepRecord) -> None:
        """Takes the step's loss in, and reacts. Raises CheckError: on "stop", and when the way back leads nowhere."""
        if self.reaction == "off":
            return
        self._step_loss = step.part.share * step.result.loss + (0.0 if step.part.first else self._step_loss)
        if not step.last:
            return
        loss = self._step_loss
        if math.isfinite(loss):
            self._average, self._steps = SHARE * self._average + (1 - SHARE) * loss, self._steps + 1
            self._first = self._first or loss
        if not self._diverged(loss):
            self._apart = False
            self._least = min(self._least, self._smoothed)
        elif not self._apart:
            self._apart = True
            self._react(step, loss)

    @property
    def _bound(self) -> float:
        return self.factor * max(self._least, LEAST * self._first)

    def _diverged(self, loss: float) -> bool:
        return not math.isfinite(loss) or self._smoothed > self._bound

    def _react(self, step: StepRecord, loss: float) -> None:
        self.events += 1
        if self.reaction == "rollback" and self.rollbacks < MOST_ROLLBACKS:
            self._roll_back(step, loss)
            return
        self._tell(step, loss, self.reaction if self.reaction == "warn" else "stop")
        if self.reaction == "warn":
            hint = "a lower --learning-rate, --clip-norm=1, or --divergence=rollback"
            react("warning", CheckError(f"training diverges: {self._why(loss)}", where=_at(step), hint=f"try {hint}"))
        else:
            after = f" again after {self.rollbacks} ways back" if self.rollbacks else ""
            hint = "try a lower --learning-rate or --clip-norm=1; --divergence=off lets it"
            raise CheckError(f"training diverges{after}: {self._why(loss)}", where=_at(step), hint=hint)

    def _why(self, loss: float) -> str:
        if not math.isfinite(loss):
            return f"the loss is {loss}"
        return f"the loss, smoothed, is {self._smoothed:.4g}, and was {self._least:.4g} at least"

    def _roll_back(self, step: StepRecord, loss: float) -> None:
        assert self._run is not None
        self.rollbacks += 1
        share, epoch = self._run.roll_back(), self._good["epoch"]
        place = f"the end of epoch {epoch}" if epoch else "the beginning"
        what = f"training diverges: {self._why(loss)}; back to {place}, at {share:g} of the learning rate"
        self._tell(step, loss, "rollback", to_epoch=epoch, rate_share=share)
        self._average, self._steps, self._apart = self._good["average"], self._good["steps"], False
        react("warning", CheckError(what, where=_at(step)))

    def _tell(self, step: StepRecord, loss: float, action: str, **more: float) -> None:
        finite = math.isfinite(loss)
        found = {
            "kind": "divergence",
            "verdict": "diverged",
            "loss": loss if finite else None,
            "smoothed": self._smoothed if finite else None,
            "minimum": self._least if math.isfinite(self._least) else None,
            "factor": self.factor,
            "action": action,
            **more,
        }
        tell_check(self._run, step, found)

    def state(self) -> dict[str, Any]:
        """What it counted and compares with; infinity as None, which JSON has."""
        kept = {name: getattr(self, f"_{name}") for name in ("average", "steps", "first", "apart", "looked")}
        good = {name: _known(value) for name, value in self._good.items()}
        return {"events": self.events, "rollbacks": self.rollbacks, **kept, "least": _known(self._least), "good": good}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from there."""
        self.events, self.rollbacks = state.get("events", 0), state.get("rollbacks", 0)
        for name, default in (("average", 0.0), ("steps", 0), ("first", 0.0), ("apart", False), ("looked", 0)):
            setattr(self, f"_{name}", state.get(name, default))
        self._least = _number(state.get("least"))
        self._good = dict(state.get("good", {}))
        if self._good:
            self._good["smoothed"] = _number(self._good["smoothed"])

    def summary(self) -> dict[str, Any]:
        """For the run's summary: how often training diverged, and how often it went back."""
        return {"reaction": self.reaction, "factor": self.factor, "events": self.events, "rollbacks": self.rollbacks}


def _at(step: StepRecord) -> str:
    return f"epoch {step.epoch}, step {step.step}"


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float | None) -> float:
    return math.inf if value is None else value
