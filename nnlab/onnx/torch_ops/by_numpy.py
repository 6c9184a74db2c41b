"""Where torch has no arithmetic for a type, the hand-written operator computes: no gradient is lost by it.

Torch stores uint16, uint32 and uint64 but hardly computes with them; texts and numbers of 2, 4 and 6 bits it has not at
all, so they stay arrays.
"""

import functools
from typing import Any

import numpy as np
import torch

from nnlab.onnx.ops.base import Operator
from nnlab.onnx.torch_ops.base import TorchOperator

STORED_ONLY = frozenset({torch.uint16, torch.uint32, torch.uint64})


def by_numpy(operator: Operator, *inputs: Any) -> Any:
    """The operator by hand: tensors in, tensors out, constants for autograd."""
    from nnlab.onnx.torch_ops.execute import to_array, to_tensor

    y = operator.forward(*(to_array(x) for x in inputs))
    return tuple(to_tensor(each) for each in y) if isinstance(y, tuple) else to_tensor(y)


def numpy_for_odd_types(translation: TorchOperator) -> TorchOperator:
    """Decorator: the translation, except for inputs of a type that torch does not compute with."""

    @functools.wraps(translation)
    def chosen(operator: Operator, *inputs: Any) -> Any:
        odd = any(isinstance(x, np.ndarray) or getattr(x, "dtype", None) in STORED_ONLY for x in inputs)
        return by_numpy(operator, *inputs) if odd else translation(operator, *inputs)

    return chosen
