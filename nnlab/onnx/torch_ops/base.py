"""The table of operators on torch: for each class of `onnx/ops`, a function of the operator and its inputs."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import torch

from nnlab.core.translations import Translations

TorchOperator = Callable[..., Any]
"""Called as translation(operator, *inputs), inputs left out being None: the output tensor, or a tuple of them. That of
an operator that runs graphs gets the values around it as `scope`."""


class TorchOperators(Translations[TorchOperator]):
    """The table; the files beside this one are imported when it is first asked."""

    _imported = False

    def __contains__(self, cls: type) -> bool:
        if not self._imported:
            self._imported = True
            package = importlib.import_module("nnlab.onnx.torch_ops")
            for module in pkgutil.iter_modules(package.__path__, "nnlab.onnx.torch_ops."):
                importlib.import_module(module.name)
        return super().__contains__(cls)


TORCH_OPERATORS = TorchOperators("operator", "torch")


def ints(tensor: torch.Tensor) -> list[int]:
    """The whole numbers of a tensor that says sizes, axes or places."""
    return [int(number) for number in tensor.reshape(-1).tolist()]
