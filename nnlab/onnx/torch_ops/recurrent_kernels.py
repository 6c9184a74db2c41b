"""Recurrent layers of the usual form by torch's own kernels, which go over all steps in one call.

The loop of recurrent.py records some ten operations a step for autograd; these record one a sequence.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from nnlab.onnx.ops.recurrent import BACKWARDS, Recurrent, functions_of

KERNELS: Mapping[str, tuple[Callable[..., Any], tuple[int, ...]]] = {
    "RNN": (torch.rnn_tanh, (0,)),
    "GRU": (torch.gru, (1, 0, 2)),
    "LSTM": (torch.lstm, (0, 2, 3, 1)),
}
"""Of each layer torch's kernel, and where ONNX has the rows of torch's gates: r, u, n; i, k, g, o."""


def is_usual(operator: Recurrent, x: torch.Tensor, lengths: torch.Tensor | None, p: Any) -> bool:
    """Whether torch has it: the functions that ONNX takes where none are named, all steps, no option of ONNX's own."""
    usual = all(tuple(f.name for f in each) == operator.usual for each in functions_of(operator))
    apart = operator.clip or getattr(operator, "input_forget", 0) or not getattr(operator, "linear_before_reset", 1)
    if not usual or apart or p is not None or not x.numel():
        return False
    return lengths is None or bool((lengths == len(x)).all())


def by_kernel(
    operator: Recurrent, x: torch.Tensor, weights: Sequence[Any], starts: Sequence[Any]
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Y and the last states.

    Options:  weights: W, R and B or None.  starts: the first states, None for zeros.
    Shapes:   x: (steps, batch, inputs); Y: (steps, directions, batch, hidden)
    """
    kernel, order = KERNELS[operator.name]
    w, r, b = weights
    directions, batch, hidden = len(r), x.shape[1], r.shape[2]
    first = [x.new_zeros(directions, batch, hidden) if start is None else start.contiguous() for start in starts]
    parameters = [_ordered(part[n], order) for n in range(directions) for part in (w, r)]
    if b is not None:
        halves = [[_ordered(half, order) for half in of.chunk(2)] for of in b]
        parameters = [part for n in range(directions) for part in (*parameters[2 * n : 2 * n + 2], *halves[n])]
    backwards = BACKWARDS[operator.direction] == (True,)
    start = first if len(first) > 1 else first[0]
    # cuDNN would round products to TF32's three digits, and warn of weights that do not lie side by side.
    with torch.backends.cudnn.flags(enabled=False):
        y, *lasts = kernel(
            x.flip(0) if backwards else x, start, parameters, b is not None, 1, 0.0, False, directions == 2, False
        )
    y = y.reshape(len(x), batch, directions, hidden).transpose(1, 2)
    return y.flip(0) if backwards else y, lasts


def _ordered(rows: torch.Tensor, order: Sequence[int]) -> torch.Tensor:
    """The gates' rows in torch's order."""
    gates = rows.chunk(len(order))
    return torch.cat([gates[place] for place in order])
