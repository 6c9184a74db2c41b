"""What a layer keeps: values that learn (Parameter) and values that are only remembered (Buffer)."""

from typing import Protocol

import numpy as np

from nnlab.core.arrays import empty, order_of
from nnlab.core.types import Array, Shape


class Parameter:
    """A value that learns. Backward adds to its gradient; only the optimizer changes `value`.

    `value` and `grad` are contiguous and in one order, so whoever works on all elements may take them in a row
    (`flattened`). A matrix is kept column by column: a unit's weights then lie beside each other, and dW = xT dy is
    computed as dWT = dyT x, which takes BLAS an eighth less time (9.5 ms instead of 10.8 at 593 x 12100 x 100).

    Options:  name: `node.field` ("dense_1.weight"); unique in its model.
              penalised: whether weight decay and the L2 penalty apply (weights yes; biases and scales no).
    """

    def __init__(self, name: str, value: Array, *, penalised: bool = True):
        self.name, self.penalised = name, penalised
        self.value = np.asarray(value, order="F" if value.ndim == 2 else "C")
        self._grad = empty(self.value.shape, self.value.dtype, order_of(self.value))
        self._untouched = True

    @property
    def grad(self) -> Array:
        """The gradient summed since `zero_grad`, of the shape and dtype of `value`."""
        if self._untouched:
            self._grad.fill(0)
            self._untouched = False
        return self._grad

    def zero_grad(self) -> None:
        """Starts the sum anew. Costs nothing: the first addition overwrites."""
        self._untouched = True

    def add(self, gradient: Array) -> None:
        """grad += gradient"""
        if self._untouched:
            np.copyto(self._grad, gradient)
            self._untouched = False
        else:
            self._grad += gradient

    def first_grad(self) -> Array | None:
        """The gradient's memory, for whoever writes all of it as the step's first addition; None if it is not that."""
        if not self._untouched:
            return None
        self._untouched = False
        return self._grad


class StandIn(Parameter):
    """Another value in a parameter's place, for one pass: what is added to its gradient is added to the parameter's.

    Shapes:  value: as the parameter's
    """

    def __init__(self, parameter: Parameter, value: Array):
        self.name, self.penalised, self._parameter = parameter.name, parameter.penalised, parameter
        self.value = np.asarray(value, order=order_of(parameter.value))

    @property
    def grad(self) -> Array:
        """The parameter's."""
        return self._parameter.grad

    def zero_grad(self) -> None:
        """As of the parameter."""
        self._parameter.zero_grad()

    def add(self, gradient: Array) -> None:
        """To the parameter's."""
        self._parameter.add(gradient)

    def first_grad(self) -> Array | None:
        """The parameter's."""
        return self._parameter.first_grad()


class Buffer:
    """A value that is saved with the weights but does not learn (BatchNorm's running statistics)."""

    def __init__(self, name: str, value: Array):
        self.name, self.value = name, value


class NewParameter(Protocol):
    """What `Layer.build` is given to make its parameters with: the model decides seed, dtype and full name."""

    def __call__(self, name: str, shape: Shape, initializer: str, *, penalised: bool = True) -> Parameter:
        """A parameter whose value the registered initializer of that name draws."""
        ...

    def given(self, name: str, value: Array, *, penalised: bool = True) -> Parameter:
        """A parameter that starts at a value which is known (a network from a file); in a copy, at the copied one."""
        ...

    def buffer(self, name: str, shape: Shape, fill: float | tuple[float, ...]) -> Buffer:
        """A buffer filled with one value, or with one for each channel."""
        ...
