"""What RNN, GRU and LSTM share on torch: the formulas step by step where an option asks for what torch.nn has not."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import torch

from nnlab.onnx.ops.base import Operator
from nnlab.onnx.ops.recurrent import BACKWARDS, Recurrent, check, functions_of
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.recurrent_kernels import by_kernel, is_usual

State = tuple[torch.Tensor, ...]
Function = Callable[[torch.Tensor], torch.Tensor]
Step = Callable[[torch.Tensor, State], State]
"""The state after a step, from x W^T and the state before it."""


class Cells(Protocol):
    """Makes the step of one direction.  Options:  b: both halves of the bias, (2, gates hidden)."""

    def __call__(self, functions: Sequence[Function], r: torch.Tensor, b: torch.Tensor, p: Any) -> Step:
        """The step."""
        ...


def recurrent(operator: Recurrent, cells: Cells, inputs: Sequence[Any]) -> tuple[torch.Tensor, ...]:
    """Y and the last states, as many as are asked for."""
    check(operator, inputs)
    given, (x, w, r, b, lengths, *more) = inputs[0], (_wide(value) for value in (*inputs, *[None] * 8)[:8])
    starts, p = more[: operator.states], more[2]
    if operator.layout:
        x, starts = x.swapaxes(0, 1), [s if s is None else s.swapaxes(0, 1) for s in starts]
    if is_usual(operator, x, lengths, p):
        y, lasts = by_kernel(operator, x, (w, r, b), starts)
    else:
        y, lasts = _by_steps(operator, cells, (x, w, r, b, p), starts, lengths)
    if operator.layout:
        y, lasts = y.permute(2, 0, 1, 3), [last.swapaxes(0, 1) for last in lasts]
    return tuple(part.to(given.dtype).contiguous() for part in (y, *lasts)[: operator.outputs])


def _by_steps(
    operator: Recurrent, cells: Cells, values: Sequence[Any], starts: Sequence[Any], lengths: Any
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Y and the last states.  Options:  values: x with the steps first, W, R, B, P."""
    passes, (x, w, r, b, p) = [], values
    for n, (backwards, functions) in enumerate(zip(BACKWARDS[operator.direction], functions_of(operator), strict=True)):
        bias = x.new_zeros(2, r.shape[1]) if b is None else b[n].reshape(2, -1)
        gates = [_gate(f, clip) for f, clip in zip(functions, operator.clips, strict=True)]
        step = cells(gates, r[n], bias, None if p is None else p[n])
        start = tuple(x.new_zeros(x.shape[1], r.shape[2]) if s is None else s[n] for s in starts)
        passes.append(_run(step, x @ w[n].T, start, lengths, backwards=backwards))
    y = torch.stack([y for y, _ in passes], dim=1)
    return y, [torch.stack(part) for part in zip(*(last for _, last in passes), strict=True)]


def _run(step: Step, z: torch.Tensor, state: State, lengths: Any, *, backwards: bool) -> tuple[torch.Tensor, State]:
    """The hidden values after each step, in the order of z, 0 on padding; and the last state."""
    seen, active = turned(z, lengths) if backwards else z, None
    if lengths is not None:
        active = (torch.arange(len(z), device=z.device)[:, None] < lengths)[:, :, None]
        seen = torch.where(active, seen, 0)
    hidden = [z.new_zeros(0, *state[0].shape)]
    for t in range(len(seen)):
        new = step(seen[t], state)
        if active is not None:
            new = tuple(torch.where(active[t], after, before) for after, before in zip(new, state, strict=True))
        state = new
        hidden.append((state[0] if active is None else torch.where(active[t], state[0], 0))[None])
    y = torch.cat(hidden)
    return turned(y, lengths) if backwards else y, state


def turned(x: torch.Tensor, lengths: torch.Tensor | None) -> torch.Tensor:
    """Every sequence from its end to its beginning, padding left where it is."""
    if lengths is None:
        return x.flip(0)
    step = torch.arange(len(x), device=x.device)[:, None]
    places = torch.where(step < lengths, lengths - 1 - step, step).long()
    return x.gather(0, places[:, :, None].expand_as(x))


def _gate(function: Operator, clip: float) -> Function:
    """A function that holds its input within the clip (0: does not)."""
    translation: Function = partial(TORCH_OPERATORS.of(type(function)), function)
    return (lambda z: translation(z.clamp(-clip, clip))) if clip else translation


def _wide(value: Any) -> Any:
    """Halves in float32, as on NumPy."""
    return value.float() if value is not None and value.dtype in {torch.float16, torch.bfloat16} else value
