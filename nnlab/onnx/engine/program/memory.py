"""The memory of a program: blocks that are used again as soon as nobody reads what is in them."""

from collections import Counter
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.limits import current

ALIGNED = 64
"""Bytes: a line of the processor's cache."""


class Memory:
    """Arrays in blocks. Whoever reads one holds its block; what nobody holds is lent again.

    Options:  held: bytes of all blocks.
    """

    def __init__(self) -> None:
        self.held = 0
        self._free: list[Array] = []
        self._blocks: dict[int, Array] = {}
        self._holders: Counter[int] = Counter()
        self._names: dict[str, int] = {}
        self._new: set[int] = set()

    def array(self, shape: Shape, dtype: Any) -> Array:
        """An array that its maker holds until it gives it back; what is in it is left from before.

        Raises:  DataError: where there is no block for it and the run may not hold so much more.
        """
        size = max(1, prod(shape)) * np.dtype(dtype).itemsize
        fits = [place for place, block in enumerate(self._free) if len(block) >= size + ALIGNED]
        if fits:
            block = self._free.pop(min(fits, key=lambda place: len(self._free[place])))
        else:
            current().require(size)
            block = np.empty(size + ALIGNED, np.uint8)
            self._blocks[id(block)] = block
            self._new.add(id(block))
            self.held += len(block)
        self._holders[id(block)] += 1
        start = -block.ctypes.data % ALIGNED
        return np.ndarray(shape, dtype, block, start)

    def give_back(self, array: Array) -> None:
        """Its maker is done with it."""
        self._less(id(owner(array)))

    def owns(self, value: Any) -> bool:
        """Whether a value lies in one of the blocks."""
        return isinstance(value, np.ndarray) and id(owner(value)) in self._blocks

    def hold(self, name: str, array: Array) -> None:
        """Who reads this name reads the array."""
        self._names[name] = id(owner(array))
        self._holders[self._names[name]] += 1

    def let_go(self, name: str) -> None:
        """Nobody reads the name any more."""
        if name in self._names:
            self._less(self._names.pop(name))

    def withdraw(self, name: str) -> None:
        """The array is not needed after all: a block that was made for it, and never lent since, is gone again."""
        block = self._names.pop(name)
        if block in self._new:
            self.held -= len(self._blocks.pop(block))
            self._new.remove(block)
            del self._holders[block]
        else:
            self._less(block)

    def is_alone(self, name: str) -> bool:
        """Whether nobody but this name holds its block."""
        return name in self._names and self._holders[self._names[name]] == 1

    def _less(self, block: int) -> None:
        self._holders[block] -= 1
        if not self._holders[block]:
            self._new.discard(block)
            self._free.append(self._blocks[block])


def owner(array: Any) -> Any:
    """Whose memory it is."""
    while getattr(array, "base", None) is not None:
        array = array.base
    return array
