"""Softmax over the last axis, with or without its logarithm, stable for logits of any size."""

import numpy as np

from nnlab.core.types import Array


def softmax(x: Array, out: Array | None = None) -> Array:
    """exp(x) / sum(exp(x)) over the last axis, written to `out` (None: to a new array).

    Subtracting the row's maximum changes nothing in exact arithmetic and keeps exp from overflowing.

    Shapes:  x, out: (..., classes); `out` may be `x`.
    """
    out = np.subtract(x, x.max(axis=-1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= out.sum(axis=-1, keepdims=True)
    return out


def softmax_and_log(x: Array, out: Array, log: Array) -> tuple[Array, Array]:
    """The softmax a of x, written to `out`, and log a = x - log(sum(exp(x))), written to `log`.

    The logarithm is not taken of a: so it is finite, and exact, where a itself rounds to zero.

    Shapes:  x, out, log: (..., classes); one of `out` and `log` may be `x`.
    """
    np.subtract(x, x.max(axis=-1, keepdims=True), out=log)
    np.exp(log, out=out)
    total = out.sum(axis=-1, keepdims=True)
    log -= np.log(total)
    out /= total
    return out, log
