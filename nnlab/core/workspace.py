"""Memory is borrowed: temporaries of a training step come from here and are reused by the next step."""

import numpy as np
import numpy.typing as npt

from nnlab.core.arrays import empty
from nnlab.core.types import Array, Shape


class Workspace:
    """Buffers lent in order of request and taken back all at once.

    A step asks for its temporaries in the same order every time, so after the first step `empty` allocates
    nothing: the n-th request gets the n-th buffer again. `reset` at the start of a step takes all back;
    an array lent before it must no longer be read. Whoever runs a second pass inside a step brings their own workspace.
    """

    def __init__(self) -> None:
        self._buffers: list[npt.NDArray[np.uint8]] = []
        self._next = 0

    def reset(self) -> None:
        """Takes back everything that was lent."""
        self._next = 0

    def empty(self, shape: Shape, dtype: npt.DTypeLike) -> Array:
        """An uninitialised C-contiguous array that begins at a cache line, valid until `reset`."""
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        if self._next == len(self._buffers):
            self._buffers.append(empty((size,), np.uint8))
        elif self._buffers[self._next].nbytes < size:
            self._buffers[self._next] = empty((size,), np.uint8)
        buffer = self._buffers[self._next]
        self._next += 1
        lent: Array = buffer[:size].view(dtype).reshape(shape)
        return lent

    @property
    def nbytes(self) -> int:
        """Bytes held at present."""
        return sum(buffer.nbytes for buffer in self._buffers)
