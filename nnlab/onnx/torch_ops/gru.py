"""GRU on torch."""

from collections.abc import Sequence
from typing import Any

import torch

from nnlab.onnx.ops.gru import GRU
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.recurrent import Function, State, Step, recurrent


@TORCH_OPERATORS.register(GRU)
def gru(operator: GRU, *inputs: Any) -> tuple[torch.Tensor, ...]:
    """h[t] = (1 - u) n + u h[t-1]"""

    def cells(functions: Sequence[Function], r: torch.Tensor, b: torch.Tensor, p: Any) -> Step:
        (f, g), (r_u, r_r, r_n), (b_u, b_r, b_n) = functions, r.chunk(3), b.chunk(3, dim=1)

        def step(z: torch.Tensor, state: State) -> State:
            (h,), (z_u, z_r, z_n) = state, z.chunk(3, dim=1)
            u, reset = f(z_u + h @ r_u.T + b_u.sum(0)), f(z_r + h @ r_r.T + b_r.sum(0))
            if operator.linear_before_reset:
                n = g(z_n + b_n[0] + reset * (h @ r_n.T + b_n[1]))
            else:
                n = g(z_n + b_n[0] + (reset * h) @ r_n.T + b_n[1])
            return ((1 - u) * n + u * h,)

        return step

    return recurrent(operator, cells, inputs)
