"""Where torch has no arithmetic for a type, the hand-written operator computes: no gradient is lost by it.

Torch stores uint16, uint32 and uint64 but hardly computes with them; texts and numbers of 2, 4 and 6 bits it has not at
all, so they stay arrays.
"""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from nnlab.onnx.ops.base import Operator, Values
from nnlab.onnx.torch_ops.arrays import to_array, to_tensor
from nnlab.onnx.torch_ops.base import TorchOperator

STORED_ONLY = frozenset({torch.uint16, torch.uint32, torch.uint64})


def by_numpy(operator: Operator, *inputs: Any) -> Any:
    """The operator by hand, tensors in and out; where a gradient is asked, it is the operator's own."""
    if any(isinstance(x, torch.Tensor) and x.requires_grad for x in inputs) and torch.is_grad_enabled():
        return _ByHand.apply(operator, *inputs)
    return _computed(operator, inputs)[0]


def _computed(operator: Operator, inputs: Sequence[Any]) -> tuple[Any, Values, Values]:
    """What an operator gives, as tensors on the device of its inputs; its inputs and outputs as arrays."""
    device = next((x.device for x in inputs if isinstance(x, torch.Tensor)), None)
    given = tuple(to_array(x) for x in inputs)
    y = operator.forward(*given)
    outputs = tuple(np.asarray(x) if isinstance(x, np.generic) else x for x in (y if isinstance(y, tuple) else (y,)))
    tensors = tuple(t.to(device) if isinstance(t, torch.Tensor) else t for t in map(to_tensor, outputs))
    return (tensors if isinstance(y, tuple) else tensors[0]), given, outputs


class _ByHand(torch.autograd.Function):  # type: ignore[misc]
    """An operator by hand, with its own gradient."""

    @staticmethod
    def forward(ctx: Any, operator: Operator, *inputs: Any) -> Any:
        """The outputs."""
        y, *ctx.arrays = _computed(operator, inputs)
        ctx.operator = operator
        ctx.devices = [getattr(x, "device", None) for x in inputs]
        ctx.set_materialize_grads(False)
        return y

    @staticmethod
    def backward(ctx: Any, *dys: Any) -> tuple[Any, ...]:
        """The gradient of each input; None for those that have none. Raises NoGradientError: where there is none."""
        given, outputs = ctx.arrays
        with np.errstate(all="ignore"):
            dxs = ctx.operator.backward(tuple(to_array(dy) for dy in dys), given, outputs)
        wanted = zip(dxs, ctx.needs_input_grad[1:], ctx.devices, strict=False)
        moved = [to_tensor(dx).to(device) if needs and dx is not None else None for dx, needs, device in wanted]
        moved += [None] * (len(ctx.devices) - len(moved))
        return None, *moved


def numpy_for_odd_types(translation: TorchOperator) -> TorchOperator:
    """Decorator: the translation, except for inputs of a type that torch does not compute with."""

    @functools.wraps(translation)
    def chosen(operator: Operator, *inputs: Any) -> Any:
        odd = any(isinstance(x, np.ndarray) or getattr(x, "dtype", None) in STORED_ONLY for x in inputs)
        return by_numpy(operator, *inputs) if odd else translation(operator, *inputs)

    return chosen
