"""The table of operators on torch: for each class of `onnx/ops`, a function of the operator and its inputs."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from nnlab.core.translations import Translations
from nnlab.onnx.ops.base import Operator

TorchOperator = Callable[..., Any]
"""Called as translation(operator, *inputs), inputs left out being None: the output tensor, or a tuple of them. That of
an operator that runs graphs gets the values around it as `scope`."""


HALVES = frozenset({torch.float16, torch.bfloat16})


class TorchOperators(Translations[TorchOperator]):
    """The table; the files beside this one are imported when it is first asked."""

    _imported = False

    def of(self, cls: type) -> TorchOperator:
        """The translation, which computes with halves in float32 where the operator may."""
        return partial(_widening, super().of(cls))

    def __contains__(self, cls: type) -> bool:
        if not self._imported:
            self._imported = True
            package = importlib.import_module("nnlab.onnx.torch_ops")
            for module in pkgutil.iter_modules(package.__path__, "nnlab.onnx.torch_ops."):
                importlib.import_module(module.name)
        return super().__contains__(cls)


TORCH_OPERATORS = TorchOperators("operator", "torch")


def _widening(translation: TorchOperator, operator: Operator, *inputs: Any, **more: Any) -> Any:
    """What the translation gives: of halves made float32, and made halves again, in autograd's sight."""
    floats = [x.dtype for x in inputs if isinstance(x, torch.Tensor) and x.dtype.is_floating_point]
    moved = operator.halves == "moved" and torch.is_grad_enabled()
    if HALVES.isdisjoint(floats) or not (operator.computes_wide or moved):
        return translation(operator, *inputs, **more)
    y = translation(operator, *map(widened, inputs), **more)
    return tuple(_rounded(each, floats[0]) for each in y) if isinstance(y, tuple) else _rounded(y, floats[0])


def widened(x: Any) -> Any:
    """A tensor of halves in float32; anything else as it is."""
    return x.float() if isinstance(x, torch.Tensor) and x.dtype in HALVES else x


def _rounded(y: Any, dtype: torch.dtype) -> Any:
    return y.to(dtype) if isinstance(y, torch.Tensor) and y.dtype.is_floating_point else y


def ints(tensor: torch.Tensor) -> list[int]:
    """The whole numbers of a tensor that says sizes, axes or places."""
    return [int(number) for number in tensor.reshape(-1).tolist()]
