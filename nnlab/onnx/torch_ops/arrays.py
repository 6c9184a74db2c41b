"""Arrays as tensors, and back."""

from typing import Any

import numpy as np
import torch


def to_tensor(value: Any, *, copy: bool = False) -> Any:
    """An array as a tensor (on the same memory unless a copy is asked for); lists item by item.

    The rest stays as it is: texts, and numbers of types that torch does not have.
    """
    if isinstance(value, list):
        return [to_tensor(item, copy=copy) for item in value]
    if not isinstance(value, np.ndarray) or value.dtype.kind in "OU":
        return value
    if value.dtype.name == "bfloat16":
        return torch.from_numpy(value.view(np.int16).copy()).view(torch.bfloat16)
    if value.dtype.isbuiltin == 2:
        return value
    fit = value if value.flags.writeable and not copy and min(value.strides, default=0) >= 0 else value.copy()
    return torch.from_numpy(fit)


def to_array(value: Any) -> Any:
    """A tensor as an array."""
    if isinstance(value, list):
        return [to_array(item) for item in value]
    if not isinstance(value, torch.Tensor):
        return value
    kept = value.detach().cpu()
    if kept.dtype == torch.bfloat16:
        import ml_dtypes

        return kept.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return kept.numpy()
