"""Memory is borrowed: temporaries of a training step come from here and are reused by what comes after them."""

import math

import numpy as np
import numpy.typing as npt

from nnlab.core.arena import Arena
from nnlab.core.types import Array, Shape


class Workspace:
    """Lends arrays; each is lent for as long as anybody refers to it, or to a view of it.

    So a gradient takes the place of an activation that its layer has let go of, and a step asks for no more memory at
    once than it needs at once. It asks in the same order every time: after the first steps `empty` allocates nothing.
    """

    def __init__(self) -> None:
        self._arena = Arena()

    def empty(self, shape: Shape, dtype: npt.DTypeLike) -> Array:
        """An uninitialised C-contiguous array that begins at a cache line."""
        kind = np.dtype(dtype)
        return np.asarray(_Loan(self._arena, shape, kind, *self._arena.take(math.prod(shape) * kind.itemsize)))

    @property
    def nbytes(self) -> int:
        """Bytes that it has to lend, whether they are lent at present or not."""
        return self._arena.nbytes

    @property
    def most(self) -> int:
        """The most bytes that were lent at once."""
        return self._arena.most

    @property
    def lent(self) -> int:
        """Bytes lent at present."""
        return self._arena.taken

    def overwrite(self, byte: int) -> None:
        """Fills what is not lent, for tests that nobody reads memory before it is written."""
        self._arena.overwrite(byte)


class _Loan:
    """A stretch of memory as NumPy takes it over (its array interface); the owner of an array, and so of its views."""

    __slots__ = ("__array_interface__", "_arena", "_begin", "_size")

    def __init__(self, arena: Arena, shape: Shape, dtype: np.dtype[np.generic], begin: int, size: int):
        self.__array_interface__ = {"version": 3, "shape": shape, "typestr": dtype.str, "data": (begin, False)}
        self._arena, self._begin, self._size = arena, begin, size

    def __del__(self) -> None:
        self._arena.put_back(self._begin, self._size)
