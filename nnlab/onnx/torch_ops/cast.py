"""Cast on torch."""

from typing import Any

import numpy as np
import torch

from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.cast import Cast
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(Cast)
def cast(operator: Cast, x: Any) -> Any:
    """y = x in another type; by hand where torch does not have one of the two"""
    to = torch_dtype(dtype_of(operator.to))
    return x.to(to) if isinstance(x, torch.Tensor) and to is not None else by_numpy(operator, x)


def torch_dtype(dtype: Any) -> torch.dtype | None:
    """Torch's name of a type of NumPy; None where it has none."""
    from nnlab.onnx.torch_ops.arrays import to_tensor

    found = to_tensor(np.zeros(0, dtype))
    return found.dtype if isinstance(found, torch.Tensor) else None
