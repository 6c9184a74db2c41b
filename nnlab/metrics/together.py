"""One batch for several metrics: what several of them ask of it is worked out once."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

from nnlab.core.truth import Truth
from nnlab.metrics.base import Metric

Found = TypeVar("Found")

_KEPT: ContextVar[dict[Hashable, Any] | None] = ContextVar("what was asked of a batch", default=None)


def update_all(metrics: Iterable[Metric], answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
    """Each takes in the batch."""
    token = _KEPT.set({})
    try:
        for metric in metrics:
            metric.update(answers, truths)
    finally:
        _KEPT.reset(token)


def once(what: Hashable, answers: Sequence[Truth], truths: Sequence[Truth], work: Callable[[], Found]) -> Found:
    """What `work` gives, which nobody may write into: in `update_all` only the first metric that asks works it out.

    Options:  what: tells it from all else that is asked of a batch: whatever it depends on besides.
    """
    kept = _KEPT.get()
    if kept is None:
        return work()
    key = (what, id(answers), id(truths))
    if key not in kept:
        kept[key] = (answers, truths, work())  # beside what it is of, so that nothing else gets their ids
    found: Found = kept[key][-1]
    return found
