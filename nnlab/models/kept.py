"""What a network keeps between two steps: parameters and buffers, by name."""

from collections.abc import Iterator, Mapping

import numpy as np

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.types import Array
from nnlab.models.order import nearest_hint


class Kept:
    """Parameters, which learn, those that are frozen, and buffers, which do not; in the order of the nodes."""

    def __init__(self) -> None:
        self.parameters: tuple[Parameter, ...] = ()
        self.frozen: tuple[Parameter, ...] = ()
        self.buffers: tuple[Buffer, ...] = ()

    @property
    def others(self) -> tuple[Parameter | Buffer, ...]:
        """What no step moves by a gradient: frozen parameters, and buffers."""
        return (*self.frozen, *self.buffers)

    @property
    def parameter_count(self) -> int:
        """How many numbers learn."""
        return sum(parameter.value.size for parameter in self.parameters)

    def zero_grad(self) -> None:
        """Starts every gradient's sum anew."""
        for parameter in (*self.parameters, *self.frozen):
            parameter.zero_grad()

    def _named(self) -> Iterator[tuple[str, Array]]:
        yield from ((parameter.name, parameter.value) for parameter in (*self.parameters, *self.frozen))
        yield from ((buffer.name, buffer.value) for buffer in self.buffers)

    def held(self) -> dict[str, Array]:
        """Every parameter and buffer, by name: the arrays themselves, which the next step changes."""
        return dict(self._named())

    def state(self) -> dict[str, Array]:
        """Copies of every parameter and buffer, by name."""
        return {name: value.copy(order="K") for name, value in self._named()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes parameters and buffers over; changes nothing unless all fit.

        Raises:  UsageError: naming the first that is missing, of another shape, or not of this network.
        """
        self.require_state(state)
        for name, value in self._named():
            np.copyto(value, state[name], casting="same_kind")

    def require_state(self, state: Mapping[str, Array]) -> None:
        """Raises UsageError: naming the first parameter or buffer that is missing, of another shape, or not its own."""
        named = self.held()
        for name, value in named.items():
            if name not in state:
                raise UsageError("these weights lack it", where=name, hint="load weights of the same model and options")
            if state[name].shape != value.shape:
                raise ShapeError(f"has shape {value.shape} here and {state[name].shape} in these weights", where=name)
            if not np.can_cast(state[name].dtype, value.dtype, "same_kind"):
                raise UsageError(f"has {value.dtype} here and {state[name].dtype} in these weights", where=name)
        for name in state:
            if name not in named:
                raise UsageError("is no parameter of this network", where=name, hint=nearest_hint(name, list(named)))
