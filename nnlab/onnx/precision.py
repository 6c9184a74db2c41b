"""In which precision to compute: half-precision numbers are worked on in float32 and given back in their own type."""

from functools import cache
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.rounding import to_float16


def wide(x: Any) -> Any:
    """The array in float32 if it is float16 or bfloat16, in which sums lose digits and BLAS has no product.

    Any other stays itself, and so does None for what was left out.
    """
    return x.astype(np.float32) if x is not None and is_half(x) else x


def is_half(x: Array) -> bool:
    """Whether an array is float16 or bfloat16."""
    return is_half_type(x.dtype)


@cache
def is_half_type(dtype: Any) -> bool:
    """Whether a type is one of these."""
    return bool(dtype == np.float16) or dtype.name == "bfloat16"  # NumPy takes microseconds to spell a name


@cache
def is_float_type(dtype: Any) -> bool:
    """Whether a type is of floating point, of 16 bits at least."""
    return bool(dtype.kind == "f" or dtype.name == "bfloat16")


def like(y: Array, x: Array) -> Array:
    """y in x's dtype; y itself where it has that already."""
    return in_type(y, x.dtype)


def in_type(y: Array, dtype: Any) -> Array:
    """y in this type; y itself where it has that already."""
    if dtype == np.float16 and type(y) is np.ndarray and y.dtype == np.float32:
        return to_float16(y)
    return y.astype(dtype, copy=False)
