"""RNN on torch."""

from collections.abc import Sequence
from typing import Any

import torch

from nnlab.onnx.ops.rnn import RNN
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.recurrent import Function, State, Step, recurrent


@TORCH_OPERATORS.register(RNN)
def rnn(operator: RNN, *inputs: Any) -> tuple[torch.Tensor, ...]:
    """h[t] = f(x[t] W^T + h[t-1] R^T + b)"""

    def cells(functions: Sequence[Function], r: torch.Tensor, b: torch.Tensor, p: Any) -> Step:
        def step(z: torch.Tensor, state: State) -> State:
            return (functions[0](z + state[0] @ r.T + b.sum(0)),)

        return step

    return recurrent(operator, cells, inputs)
