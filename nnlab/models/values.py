"""Where a network's parameters come from: drawn for a new one, copied for a twin; `any_size` shares them."""

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from nnlab.core.errors import RunError
from nnlab.core.machine import available_memory
from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS

ALWAYS_THERE = 1 << 24
"""Bytes for which the system is not asked."""


class NodeValues(ABC):
    """Gives one node its parameters and buffers, and remembers them under their full names, "node.field"."""

    def __init__(self, node: str, dtype: np.dtype[Any]):
        self.node, self.dtype = node, dtype
        self.parameters: dict[str, Parameter] = {}
        self.buffers: dict[str, Buffer] = {}

    @abstractmethod
    def __call__(self, name: str, shape: Shape, initializer: str, *, penalised: bool = True) -> Parameter:
        """A parameter of that shape."""

    @abstractmethod
    def given(self, name: str, value: Array, *, penalised: bool = True) -> Parameter:
        """A parameter that starts at this value, or has one already."""

    @abstractmethod
    def buffer(self, name: str, shape: Shape, fill: float | tuple[float, ...]) -> Buffer:
        """A buffer of that shape."""


class MadeValues(NodeValues):
    """Makes them, of arrays that are the node's own."""

    def __call__(self, name: str, shape: Shape, initializer: str, *, penalised: bool = True) -> Parameter:
        """A parameter of that shape."""
        full = f"{self.node}.{name}"
        self.parameters[full] = Parameter(full, self._value(full, shape, initializer), penalised=penalised)
        return self.parameters[full]

    def given(self, name: str, value: Array, *, penalised: bool = True) -> Parameter:
        """A parameter that starts at this value, or at the copied one."""
        full = f"{self.node}.{name}"
        self.parameters[full] = Parameter(full, self._given(full, value), penalised=penalised)
        return self.parameters[full]

    def buffer(self, name: str, shape: Shape, fill: float | tuple[float, ...]) -> Buffer:
        """A buffer of that shape."""
        full = f"{self.node}.{name}"
        self.buffers[full] = Buffer(full, self._filled(full, shape, fill))
        return self.buffers[full]

    @abstractmethod
    def _value(self, full: str, shape: Shape, initializer: str) -> Array: ...

    @abstractmethod
    def _given(self, full: str, value: Array) -> Array: ...

    @abstractmethod
    def _filled(self, full: str, shape: Shape, fill: float | tuple[float, ...]) -> Array: ...


class DrawnValues(MadeValues):
    """A new network's: drawn in float64 at rng.at(full name) and cast, so order and dtype do not matter."""

    def __init__(self, node: str, rng: Rng, dtype: np.dtype[Any]):
        super().__init__(node, dtype)
        self.rng = rng

    def _value(self, full: str, shape: Shape, initializer: str) -> Array:
        _require_memory(full, shape, np.dtype(np.float64).itemsize + self.dtype.itemsize)
        drawn = INITIALIZERS.get(initializer)().draw(shape, self.rng.at(full).generator())
        return drawn.astype(self.dtype, order="C")

    def _given(self, full: str, value: Array) -> Array:
        return value.astype(self.dtype, order="C")

    def _filled(self, full: str, shape: Shape, fill: float | tuple[float, ...]) -> Array:
        _require_memory(full, shape, self.dtype.itemsize)
        return np.full(shape, fill, self.dtype)


class BlankValues(MadeValues):
    """Zeros, for which the system takes no memory until they are touched: of a network whose shapes alone are asked."""

    def _value(self, full: str, shape: Shape, initializer: str) -> Array:
        INITIALIZERS.get(initializer)  # that there is none of this name is said all the same
        return np.zeros(shape, self.dtype, order="F" if len(shape) == 2 else "C")  # as Parameter keeps it

    def _given(self, full: str, value: Array) -> Array:
        return value.astype(self.dtype)  # which a state may be loaded into

    def _filled(self, full: str, shape: Shape, fill: float | tuple[float, ...]) -> Array:
        return np.zeros(shape, self.dtype)


def new_values(node: str, rng: Rng | None, dtype: np.dtype[Any]) -> NodeValues:
    """The values of a new network's node: drawn, or without `rng` none worth having."""
    return BlankValues(node, dtype) if rng is None else DrawnValues(node, rng, dtype)


def _require_memory(full: str, shape: Shape, itemsize: int) -> None:
    """Raises RunError: when values of that shape cannot be held; some systems say so only by ending the process."""
    needed = math.prod(map(int, shape)) * itemsize
    if needed > ALWAYS_THERE and needed > available_memory():
        raise RunError(
            f"would be {'x'.join(map(str, shape))} values, for which there is not the memory",
            where=full,
            hint="use smaller --layers or a smaller --resize",
        )


class CopiedValues(MadeValues):
    """A twin's: those of the network it is copied from."""

    def __init__(self, node: str, original: NodeValues, dtype: np.dtype[Any]):
        super().__init__(node, dtype)
        self.original = original

    def _value(self, full: str, shape: Shape, initializer: str) -> Array:
        return self.original.parameters[full].value.astype(self.dtype)

    def _given(self, full: str, value: Array) -> Array:
        return self.original.parameters[full].value.astype(self.dtype)

    def _filled(self, full: str, shape: Shape, fill: float | tuple[float, ...]) -> Array:
        return self.original.buffers[full].value.astype(self.dtype)


class RedrawnValues(DrawnValues):
    """A twin's that has learnt nothing: drawn as a new network's, where a file gave them in another order."""

    def __init__(self, node: str, original: NodeValues, dtype: np.dtype[Any], rng: Rng):
        super().__init__(node, rng, dtype)
        self.original = original

    def _given(self, full: str, value: Array) -> Array:
        there = self.original.parameters[full].value
        shuffled = self.rng.at(full).generator().permutation(there.ravel())
        return shuffled.reshape(there.shape).astype(self.dtype, order="C")
