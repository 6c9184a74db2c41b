"""Writes a run down while it trains."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import RunError
from nnlab.tracking.store import RunStore
from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord

if TYPE_CHECKING:
    from nnlab.training.trainer import Trainer


class Recorder(Callback):
    """Appends each epoch's metrics and each check's finding to the run folder, and now and then saves the weights.

    Weights are written in the middle of a run only when the last time is long ago, so that a machine that dies
    takes no more than `interval_seconds` of work with it, and a short run pays nothing.

    Options:  about: what using the weights needs, see `RunStore.add_weights`.
              interval_seconds: at least this long between two saves in the middle of a run.
    """

    def __init__(self, store: RunStore, about: Mapping[str, Any] | None = None, *, interval_seconds: float = 60.0):
        self.store, self.about, self.interval_seconds = store, about or {}, interval_seconds
        self._trainer: Trainer | None = None
        self._saved = time.monotonic()
        self._epochs = 0

    def run_start(self, trainer: "Trainer") -> None:
        """Remembers whose weights to save, and how many epochs are recorded already."""
        self._trainer = trainer
        self._epochs = len(trainer.history)
        self._saved = time.monotonic()

    def check_done(self, found: Mapping[str, Any]) -> None:
        """Appends to checks.jsonl."""
        self.store.add_check(found)

    def epoch_end(self, record: EpochRecord) -> None:
        """Appends to metrics.jsonl. Raises RunError: when the disk is full, saying what was kept."""
        try:
            self.store.add_epoch(record)
            if self._trainer is not None and time.monotonic() - self._saved >= self.interval_seconds:
                self.store.add_weights(self._trainer.result("interrupted"), self.about)
                self._saved = time.monotonic()
        except RunError as error:
            kept = f"epochs 1 to {self._epochs} are kept in {self.store.folder}" if self._epochs else "no epoch is kept"
            raise RunError(f"{error.what}; {kept}", where=error.where, hint=error.hint) from error
        self._epochs = record.epoch
