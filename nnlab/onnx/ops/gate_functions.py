"""The functions of a recurrent network's gates, by name: ONNX's own operators, and two that are no operators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.kernels.recurrence import Gate
from nnlab.onnx.ops.base import Operator
from nnlab.onnx.ops.elu import Elu
from nnlab.onnx.ops.functions import Sigmoid, Softplus, Softsign, Tanh
from nnlab.onnx.ops.hard_sigmoid import HardSigmoid
from nnlab.onnx.ops.leaky_relu import LeakyRelu
from nnlab.onnx.ops.relu import Relu
from nnlab.onnx.ops.thresholded_relu import ThresholdedRelu
from nnlab.onnx.ops.unary import Unary


@dataclass(frozen=True, kw_only=True, eq=False)
class Affine(Unary):
    """y = alpha x + beta

    Gradient:  dx = alpha dy
    """

    alpha: float = 1.0
    beta: float = 0.0

    def f(self, x: Array) -> Any:
        """y"""
        return self.alpha * x + self.beta

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return self.alpha


@dataclass(frozen=True, kw_only=True, eq=False)
class ScaledTanh(Unary):
    """y = alpha tanh(beta x)

    Gradient:  dx = dy alpha beta (1 - tanh^2)
    """

    alpha: float = 1.0
    beta: float = 1.0

    def f(self, x: Array) -> Any:
        """y"""
        return self.alpha * np.tanh(self.beta * x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return self.alpha * self.beta * (1 - np.tanh(self.beta * x) ** 2)


FUNCTIONS: Mapping[str, type[Operator]] = {
    cls.__name__.lower(): cls
    for cls in (
        *(Relu, Tanh, Sigmoid, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign, Softplus),
    )
}
"""By name in small letters: files write them either way."""


def gate_functions(names: Sequence[str], alphas: Sequence[float], betas: Sequence[float]) -> list[Operator]:
    """The functions of these names. Those with an alpha, or a beta, take the next of the list, or their default.

    Raises:  DataError: for a name that is none.
    """
    left = {"alpha": list(alphas), "beta": list(betas)}
    found: list[Operator] = []
    for name in names:
        cls = FUNCTIONS.get(name.lower())
        if cls is None:
            raise DataError(f"{name!r} is no function of a gate; there are {', '.join(c.__name__ for c in _known())}")
        own = {field.name for field in fields(cls)}
        taken: dict[str, Any] = {key: rest.pop(0) for key, rest in left.items() if key in own and rest}
        found.append(cls(**taken))
    return found


def gate(function: Operator, clip: float) -> Gate:
    """The gate of a function that holds its input within the clip."""

    def gradient(dy: Array, z: Array, y: Array) -> Array:
        dz: Array = function.backward((dy,), (z,), (y,))[0]  # type: ignore[assignment]
        return dz

    return Gate(function.forward, gradient, clip)


def _known() -> list[type[Operator]]:
    return list(FUNCTIONS.values())
