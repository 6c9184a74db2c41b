"""The windows that are sums of cosines: HannWindow, HammingWindow, BlackmanWindow."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.sizes import first_number


@dataclass(frozen=True, kw_only=True, eq=False)
class CosineWindow(Operator):
    """y[i] = sum over k of (-1)^k c[k] cos(2 pi k i / n)

    Shapes:  size: (); y: (size,)
    Options:  periodic: n = size, for spectra; otherwise n = size - 1, and the window is symmetric.
              output_datatype: ONNX's number of y's type.
    """

    most_elements = first_number

    coefficients: ClassVar[tuple[float, ...]]

    output_datatype: int = 1
    periodic: int = 1

    def forward(self, size: Array) -> Array:
        """y"""
        count = int(size.item())
        angle = 2 * np.pi * np.arange(count) / max(1, count if self.periodic else count - 1)
        terms = ((-1) ** k * c * np.cos(k * angle) for k, c in enumerate(self.coefficients))
        y = np.ones(count) if count == 1 else sum(terms, np.zeros(count))
        return np.asarray(y).astype(dtype_of(self.output_datatype))


@OPERATORS.register("HannWindow", since=17)
@dataclass(frozen=True, kw_only=True, eq=False)
class HannWindow(CosineWindow):
    """c = 1/2, 1/2"""

    coefficients: ClassVar[tuple[float, ...]] = (0.5, 0.5)


@OPERATORS.register("HammingWindow", since=17)
@dataclass(frozen=True, kw_only=True, eq=False)
class HammingWindow(CosineWindow):
    """c = 25/46, 21/46"""

    coefficients: ClassVar[tuple[float, ...]] = (25 / 46, 21 / 46)


@OPERATORS.register("BlackmanWindow", since=17)
@dataclass(frozen=True, kw_only=True, eq=False)
class BlackmanWindow(CosineWindow):
    """c = 0.42, 0.5, 0.08"""

    coefficients: ClassVar[tuple[float, ...]] = (0.42, 0.5, 0.08)
