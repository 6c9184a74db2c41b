"""The function at the end of FusedConv and FusedGemm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import Operator
from nnlab.onnx.ops.elu import Elu
from nnlab.onnx.ops.functions import HardSwish, Sigmoid, Softplus, Softsign, Tanh
from nnlab.onnx.ops.hard_sigmoid import HardSigmoid
from nnlab.onnx.ops.leaky_relu import LeakyRelu
from nnlab.onnx.ops.relu import Relu
from nnlab.onnx.ops.thresholded_relu import ThresholdedRelu
from nnlab.onnx.ops.unary import Unary


@dataclass(frozen=True, kw_only=True, eq=False)
class Held(Unary):
    """y = x held between low and high

    Gradient:  dx = dy where low < x < high, else 0
    """

    low: float = -np.inf
    high: float = np.inf

    def f(self, x: Array) -> Any:
        """y"""
        return np.clip(x, self.low, self.high)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return (x > self.low) & (x < self.high)


FUNCTIONS: Mapping[str, tuple[type[Operator], tuple[str, ...]]] = {
    "Relu": (Relu, ()),
    "Tanh": (Tanh, ()),
    "Sigmoid": (Sigmoid, ()),
    "Softplus": (Softplus, ()),
    "Softsign": (Softsign, ()),
    "HardSwish": (HardSwish, ()),
    "LeakyRelu": (LeakyRelu, ("alpha",)),
    "Elu": (Elu, ("alpha",)),
    "ThresholdedRelu": (ThresholdedRelu, ("alpha",)),
    "HardSigmoid": (HardSigmoid, ("alpha", "beta")),
    "Clip": (Held, ("low", "high")),
}
"""With the names of their numbers, in the order in which they are given."""


def fused_activation(name: str, numbers: Sequence[float]) -> Operator | None:
    """The function of this name; None where there is none. Raises DataError: for a name that is not known."""
    if not name:
        return None
    if name not in FUNCTIONS:
        raise DataError(f"its activation {name!r} is none of {', '.join(FUNCTIONS)}")
    cls, names = FUNCTIONS[name]
    given: dict[str, Any] = dict(zip(names, numbers, strict=False))
    return cls(**given)
