"""Writes a run down while it trains."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nnlab.core.errors import RunError
from nnlab.tracking.store import RunStore
from nnlab.training.callback import Callback, Run
from nnlab.training.record import EpochRecord


class Recorder(Callback):
    """Appends each epoch's metrics and each check's finding to the run folder, and saves the state on the way.

    State is saved after the first epoch, and then whenever that costs less than `share` of the time since the last
    time; amid an epoch too, when that much time and `epoch_seconds` have passed since its beginning or the last save.
    So a process that is killed loses little, whatever the size of the network and the length of an epoch.

    Options:  about: what using the weights needs, see `RunStore.add_weights`.
              clock: seconds that go on, as time.monotonic tells them.
    """

    def __init__(
        self,
        store: RunStore,
        about: Mapping[str, Any] | None = None,
        *,
        share: float = 0.01,
        epoch_seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.store, self.about, self._clock = store, about or {}, clock
        self.share, self.epoch_seconds = share, epoch_seconds
        self._run: Run | None = None
        self._saved = self._epoch_began = clock()
        self._cost: float | None = None
        self._epochs = 0

    def run_start(self, run: Run) -> None:
        """Remembers whose weights to save, and how many epochs are recorded already."""
        self._run = run
        self._epochs = len(run.history)
        self._saved = self._clock()

    def epoch_start(self, epoch: int) -> None:
        """Notes when it began."""
        self._epoch_began = self._clock()

    def check_done(self, found: Mapping[str, Any]) -> None:
        """Appends to checks.jsonl."""
        self.store.add_check(found)

    def between_steps(self) -> None:
        """Saves the state amid an epoch that takes long. Raises RunError: as `epoch_end`."""
        since = self._clock() - max(self._saved, self._epoch_began)
        if self._run is None or since < self.epoch_seconds or since * self.share < (self._cost or 0.0):
            return
        try:
            self._run.keep()
        except TypeError:  # a metric that cannot be left half way; at the epoch's end it can
            self._saved = self._clock()
            return
        with self._kept_is_said():
            self._save(self._run)

    def epoch_end(self, record: EpochRecord) -> None:
        """Appends to metrics.jsonl. Raises RunError: when the disk is full, saying what was kept."""
        with self._kept_is_said():
            self.store.add_epoch(record)
            since = self._clock() - self._saved
            if self._run is not None and (self._cost is None or since * self.share >= self._cost):
                self._save(self._run)
        self._epochs = record.epoch

    def _save(self, run: Run) -> None:
        began = self._clock()
        self.store.add_weights(run.result("interrupted", by_reference=True), self.about)
        self._saved = self._clock()
        self._cost = self._saved - began

    @contextmanager
    def _kept_is_said(self) -> Iterator[None]:
        try:
            yield
        except RunError as error:
            kept = f"epochs 1 to {self._epochs} are kept in {self.store.folder}" if self._epochs else "no epoch is kept"
            raise RunError(f"{error.what}; {kept}", where=error.where, hint=error.hint) from error
