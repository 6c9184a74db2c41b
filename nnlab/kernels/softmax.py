"""Softmax and its logarithm over the last axis, stable for logits of any size."""

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


def log_softmax(x: Array, out: Array, scratch: Array) -> Array:
    """x - log(sum(exp(x))) over the last axis, written to `out`: finite where the softmax itself rounds to zero.

    Shapes:  x, out, scratch: (..., classes); `out` may be `x`, `scratch` may not.
    """
    np.subtract(x, x.max(axis=-1, keepdims=True), out=out)
    np.exp(out, out=scratch)
    out -= np.log(scratch.sum(axis=-1, keepdims=True))
    return out
