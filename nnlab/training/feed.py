"""Feed: training's minibatches, each made on a thread of its own while those before it are learnt from."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType

from nnlab.core.batch import Batch
from nnlab.training.samples import Samples


class Feed:
    """The minibatches of all epochs that are to come, in their order, made ahead of their time.

    Where one is taken, the next is begun: also over the end of an epoch, while dev is scored. What is made is what
    `samples.batches(epoch)` gives; an error that it raises is raised where that batch would have been taken.

    Options:  first, last: the epochs.  ahead: how many batches may wait, or be in the making, at a time; 0 for none,
                  without a thread.
    """

    def __init__(self, samples: Samples, first: int, last: int, ahead: int = 1):
        self._samples, self._epochs, self._ahead = samples, range(first, last + 1), ahead
        self._made: deque[Batch | BaseException | None] = deque()  # None ends an epoch
        self._change, self._closed = threading.Condition(), False
        self._thread = threading.Thread(target=self._make, name="nnlab-feed", daemon=True)

    def __enter__(self) -> "Feed":
        if self._ahead:
            with suppress(RuntimeError):  # the system starts no more threads: each batch is made when it is wanted
                self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._change:
            self._closed = True
            self._made.clear()
            self._change.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def batches(self, epoch: int) -> Iterator[Batch]:
        """Those of the next epoch. Epochs come one after the other, each of them whole."""
        if self._thread.ident is None:
            yield from self._samples.batches(epoch)
            return
        while (batch := self._taken()) is not None:
            yield batch

    def _taken(self) -> Batch | None:
        with self._change:
            self._change.wait_for(lambda: self._made)
            made = self._made.popleft()
            self._change.notify_all()
        if isinstance(made, BaseException):
            raise made
        return made

    def _make(self) -> None:
        try:
            for epoch in self._epochs:
                rest = self._samples.batches(epoch)
                while self._has_room():
                    batch = next(rest, None)
                    self._put(batch)
                    if batch is None:
                        break
                    del batch  # the one that is learnt from is not kept here too
                if self._closed:
                    return
        except BaseException as error:
            self._put(error)

    def _has_room(self) -> bool:
        """Waits until one more may be made. False: none is wanted any more."""
        with self._change:
            self._change.wait_for(lambda: self._closed or sum(made is not None for made in self._made) < self._ahead)
            return not self._closed

    def _put(self, made: Batch | BaseException | None) -> None:
        with self._change:
            if not self._closed:
                self._made.append(made)
                self._change.notify_all()
