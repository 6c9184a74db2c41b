"""How large the pieces are that kernels cut their arrays into; a check has them cut as small as they can be.

What a layer is tried with is small, and would be one piece: no seam between two would ever be looked at.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, update_wrapper
from itertools import pairwise
from typing import Any, Generic, ParamSpec, TypeVar

_SMALL: ContextVar[bool] = ContextVar("small pieces", default=False)

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def in_small_pieces() -> Iterator[None]:
    """Within it every band is one row, every group one item, every part one sample: as many seams as there can be."""
    before = _SMALL.set(True)
    try:
        yield
    finally:
        _SMALL.reset(before)


def piece_bytes(usual: int) -> int:
    """How many bytes a piece may have: as many as usual, or one."""
    return 1 if _SMALL.get() else usual


def cuts(length: int, count: int) -> list[slice]:
    """A length in so many about equal parts, or in fewer: none is empty."""
    count = max(1, min(count, length))
    return [slice(a, b) for a, b in pairwise(length * i // count for i in range(count + 1)) if b > a]


class Cuts(Generic[P, R]):
    """A function that says where arrays are cut, its answers kept: those for small pieces apart from the usual ones."""

    def __init__(self, cut: Callable[P, R], maxsize: int):
        self._kept: Any = lru_cache(maxsize=maxsize)(lambda small, *args, **kwargs: cut(*args, **kwargs))
        self.cache_clear = self._kept.cache_clear
        update_wrapper(self, cut)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Where they are cut."""
        found: R = self._kept(_SMALL.get(), *args, **kwargs)
        return found


def kept_cuts(maxsize: int) -> Callable[[Callable[P, R]], Cuts[P, R]]:
    """Decorates a function whose answers depend on its arguments and on `piece_bytes`.

    Options:  maxsize: how many answers are kept.
    """
    return lambda cut: Cuts(cut, maxsize)
