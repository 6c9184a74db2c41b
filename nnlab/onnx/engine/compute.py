"""What computes one operator: an engine; and the hand-written one."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from nnlab.onnx.ops.base import ControlFlow, Operator, Value, Values


class Compute(Protocol):
    """An engine: what computes one operator."""

    def __call__(self, operator: Operator, inputs: Values, scope: Mapping[str, Value]) -> Values:
        """The operator's outputs; `scope` has every value that graphs inside it may read."""
        ...


def numpy_compute(operator: Operator, inputs: Values, scope: Mapping[str, Value]) -> Values:
    """The hand-written engine: the operator's own forward."""
    y = operator.forward(*inputs, scope=scope) if isinstance(operator, ControlFlow) else operator.forward(*inputs)
    return tuple(np.asarray(x) if isinstance(x, np.generic) else x for x in (y if isinstance(y, tuple) else (y,)))
