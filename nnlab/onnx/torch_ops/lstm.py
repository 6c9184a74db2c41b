"""LSTM on torch."""

from collections.abc import Sequence
from typing import Any

import torch

from nnlab.onnx.ops.lstm import LSTM
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.recurrent import Function, State, Step, recurrent


@TORCH_OPERATORS.register(LSTM)
def lstm(operator: LSTM, *inputs: Any) -> tuple[torch.Tensor, ...]:
    """h[t] = o h(c[t]),  c[t] = k c[t-1] + i g"""

    def cells(functions: Sequence[Function], r: torch.Tensor, b: torch.Tensor, p: Any) -> Step:
        f, g, h = functions
        p_i, p_o, p_k = (0.0, 0.0, 0.0) if p is None else p.chunk(3)

        def step(z: torch.Tensor, state: State) -> State:
            before, c = state
            a_i, a_o, a_k, a_g = (z + before @ r.T + b.sum(0)).chunk(4, dim=1)
            i = f(a_i + p_i * c)
            k = 1 - i if operator.input_forget else f(a_k + p_k * c)
            c = k * c + i * g(a_g)
            return f(a_o + p_o * c) * h(c), c

        return step

    return recurrent(operator, cells, inputs)
