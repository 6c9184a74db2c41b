"""Where a network's parameters come from: drawn for a new one, copied for a twin."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.initializers.base import INITIALIZERS


class NodeValues(ABC):
    """Makes the parameters and buffers of one node, and remembers them under their full names, "node.field"."""

    def __init__(self, node: str, dtype: np.dtype[Any]):
        self.node, self.dtype = node, dtype
        self.parameters: dict[str, Parameter] = {}
        self.buffers: dict[str, Buffer] = {}

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

    def buffer(self, name: str, shape: Shape, fill: float) -> Buffer:
        """A buffer of that shape."""
        full = f"{self.node}.{name}"
        self.buffers[full] = Buffer(full, self._filled(full, shape, fill))
        return self.buffers[full]

    @abstractmethod
    def _value(self, full: str, shape: Shape, initializer: str) -> Array: ...

    @abstractmethod
    def _given(self, full: str, value: Array) -> Array: ...

    @abstractmethod
    def _filled(self, full: str, shape: Shape, fill: float) -> Array: ...


class DrawnValues(NodeValues):
    """A new network's: drawn in float64 at rng.at(full name) and cast, so order and dtype do not matter."""

    def __init__(self, node: str, rng: Rng, dtype: np.dtype[Any]):
        super().__init__(node, dtype)
        self.rng = rng

    def _value(self, full: str, shape: Shape, initializer: str) -> Array:
        drawn = INITIALIZERS.get(initializer)().draw(shape, self.rng.at(full).generator())
        return drawn.astype(self.dtype, order="C")

    def _given(self, full: str, value: Array) -> Array:
        return value.astype(self.dtype, order="C")

    def _filled(self, full: str, shape: Shape, fill: float) -> Array:
        return np.full(shape, fill, self.dtype)


class CopiedValues(NodeValues):
    """A twin's: those of the network it is copied from."""

    def __init__(self, node: str, original: NodeValues, dtype: np.dtype[Any]):
        super().__init__(node, dtype)
        self.original = original

    def _value(self, full: str, shape: Shape, initializer: str) -> Array:
        return self.original.parameters[full].value.astype(self.dtype)

    def _given(self, full: str, value: Array) -> Array:
        return self.original.parameters[full].value.astype(self.dtype)

    def _filled(self, full: str, shape: Shape, fill: float) -> Array:
        return self.original.buffers[full].value.astype(self.dtype)
