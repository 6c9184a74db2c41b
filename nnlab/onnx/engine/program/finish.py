"""What follows a product while its rows are in the cache: a bias, another summand, bounds."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.engine.program.layout import flat
from nnlab.onnx.engine.program.rows import by_rows, repeated
from nnlab.onnx.engine.program.site import Call


@dataclass(frozen=True)
class Finish:
    """y = min(max(y + bias + other, low), high)

    Options:  bias: (maps,).  other: like the whole output, (places, maps).  low, high: arrays without axes.
              All of them None for nothing.
    """

    bias: Array | None = None
    other: Array | None = None
    low: Any = None
    high: Any = None

    def places(self, cut: slice) -> "Finish":
        """That of some places."""
        return self if self.other is None else replace(self, other=self.other[cut])

    def maps(self, part: slice) -> "Finish":
        """That of some maps."""
        bias, other = (None if x is None else x[..., part] for x in (self.bias, self.other))
        return replace(self, bias=bias, other=other)

    def calls(self, y: Array) -> list[Call]:
        """Those that finish y.

        Shapes:  y: (places, maps)
        """
        calls = [] if self.bias is None else by_rows(np.add, y, repeated(self.bias), y)
        if self.other is not None:
            calls.append(_call(np.add, y, self.other))
        if self.low is not None:
            calls.append(_call(np.maximum, y, self.low))
        if self.high is not None:
            calls.append(_call(np.minimum, y, self.high))
        return calls


def _call(function: np.ufunc, y: Array, other: Any) -> Call:
    if isinstance(other, np.ndarray) and other.ndim and y.shape == other.shape:
        one, two = flat(y), flat(other)
        if one is not None and two is not None:
            y, other = one, two
    elif not getattr(other, "ndim", 0):
        line = flat(y)
        y = y if line is None else line
    return lambda: function(y, other, out=y)
