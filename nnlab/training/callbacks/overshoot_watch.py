"""Keeps what it takes to say whether a run trained past its best."""

import base64
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.evenly import evenly
from nnlab.core.types import Array
from nnlab.training.callback import Callback, Run
from nnlab.training.overshoot import Losses, Overshoot, least_of, overshoot, window_of
from nnlab.training.record import EpochRecord, Score, TrainingResult

MOST = 1000
"""Samples of dev whose losses are kept by themselves, evenly chosen: so many tell the error of the mean to 2%."""


class OvershootWatch(Callback):
    """Follows dev's losses: their means, and those of single samples only as long as they may be asked for.

    That is, of the epoch of the least loss, and of the epochs since, of which the last so many are averaged at the end.
    """

    def __init__(self) -> None:
        self._training, self._dev = list[float](), list[Score]()
        self._least: Array | None = None
        self._since: deque[Array] = deque()
        self.found: Overshoot | None = None

    def run_start(self, run: Run) -> None:
        """Takes over the epochs of a run that is gone on with."""
        self._training = [record.training.loss for record in run.history]
        self._dev = [record.dev for record in run.history if record.dev is not None]

    def dev_scored(self, score: Score, losses: Array) -> None:
        """Keeps the losses; a least one lets go of all before it."""
        self._dev.append(score)
        own = losses if len(losses) <= MOST else losses[evenly(range(len(losses)), MOST)]
        own = own.astype(np.float32)
        if least_of([score.loss for score in self._dev]) == len(self._dev) - 1:
            self._least = own
            self._since.clear()
        self._since.append(own)

    def epoch_end(self, record: EpochRecord) -> None:
        """Lets go of losses that are asked for no more."""
        self._training.append(record.training.loss)
        while len(self._since) > window_of(record.epochs):
            self._since.popleft()

    def run_end(self, result: TrainingResult) -> None:
        """Judges the run."""
        losses = Losses(
            training=self._training,
            dev=[score.loss for score in self._dev],
            figures=[score.figure for score in self._dev],
            since=list(self._since),
            least=self._least,
            samples=self._dev[-1].samples if self._dev else 0,
        )
        self.found = overshoot(losses, stopped_early=result.stopped == "early")

    def state(self) -> dict[str, Any]:
        """The losses of single samples, so that a run that is resumed ends as one that was not interrupted."""
        if self._least is None:
            return {}
        return {"least": _text(self._least), "since": [_text(each) for each in self._since]}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from there; what cannot be read is not known."""
        try:
            self._least = _array(state["least"])
            self._since = deque(map(_array, state["since"]))
        except (KeyError, ValueError):
            self._least, self._since = None, deque()

    def summary(self) -> dict[str, Any] | None:
        """For the run's summary; None before its end, and without dev."""
        return None if self.found is None or not self._dev else self.found.document()


def _text(losses: Array) -> str:
    return base64.b64encode(losses.astype("<f4").tobytes()).decode()


def _array(text: str) -> Array:
    """Raises ValueError: it is not what `_text` gives."""
    return np.frombuffer(base64.b64decode(text, validate=True), "<f4")
