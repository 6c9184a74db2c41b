"""Stored numbers below 1.2e-38, where float32 loses precision, made 0: processors take ten times longer for them.

Networks get them where weights decayed for long. Beside any number that is not itself that small they are less than
rounding. Few of them cost nothing and may be meant (an epsilon), so they stay; so do those of float16, which are as
precise as others once they are float32.
"""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from nnlab.onnx.ops.base import Value, is_float

LOG = logging.getLogger("nnlab.onnx")

MANY = 64
"""Denormal numbers in one tensor, from which on they are flushed."""


def flushed(values: Sequence[Value]) -> tuple[list[Value], int]:
    """The values with the denormal numbers of large tensors made 0, and how many these were; others are themselves."""
    found = [flushed_array(value) for value in values]
    changed = [(new, old) for new, old in zip(found, values, strict=True) if new is not old]
    return found, sum(int(np.count_nonzero(old) - np.count_nonzero(new)) for new, old in changed)


def flushed_array(value: Any) -> Any:
    """An array without its denormal numbers, if these are many; anything else itself."""
    if not is_float(value) or value.size < MANY:
        return value
    tiny = _smallest_normal(value.dtype)
    if tiny is None:
        return value
    small = (np.abs(value) < tiny) & (value != 0)
    if np.count_nonzero(small) < MANY:
        return value
    whole = np.where(small, np.zeros((), value.dtype), value)
    whole.flags.writeable = False  # it may be given out as a model's output, again and again
    return whole


@cache
def _smallest_normal(dtype: Any) -> Any:
    """The smallest number of full precision; None where float32 has all of a type's numbers in full precision."""
    if dtype.name == "bfloat16":
        return np.asarray(np.finfo(np.float32).tiny, dtype)
    return np.finfo(dtype).tiny if dtype in (np.float32, np.float64) else None


@cache
def say(where: str, count: int) -> None:
    """Tells of it, once for each file."""
    LOG.warning("%s: %s weights too small for full precision (denormal) are taken as 0", where, f"{count:,}")
