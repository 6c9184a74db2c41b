"""Cast."""

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, is_float

EIGHT_BITS = {"float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz"}
POWER_OF_TWO = "float8_e8m0fnu"


@OPERATORS.register("Cast", since=(6, 9, 13, 19, 21, 23, 24, 25, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class Cast(Operator):
    """y = x in another type

    Gradient:  dx = dy in x's type
    Options:  to: ONNX's number of the type.
              saturate: what a float of 8 bits cannot hold becomes its largest number, otherwise infinite or no number.
              round_mode: "up", "down" or "nearest", to the powers of two of float8e8m0.
    """

    to: int
    saturate: int = 1
    round_mode: str = "up"

    def forward(self, x: Array) -> Array:
        """y"""
        return cast(x, dtype_of(self.to), saturate=bool(self.saturate), round_mode=self.round_mode)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        return (None if dy is None or not is_float(x) else dy.astype(x.dtype),)


def cast(x: Array, dtype: Any, *, saturate: bool = True, round_mode: str = "up") -> Array:
    """x in this type, texts read and written as well."""
    to = np.dtype(dtype)
    if to.kind in "OU":
        return x.astype(str).astype(object)
    if x.dtype.kind in "OU":
        x = _read(x, to)
    if to == x.dtype:
        return x
    if x.dtype.kind == "V":  # of ml_dtypes: each is exact in float32
        x = x.astype(np.float32)
    if to.name == POWER_OF_TWO:
        return _power_of_two(x.astype(np.float32), saturate, round_mode)
    if to.name in EIGHT_BITS and saturate:
        largest = float(ml_dtypes.finfo(to).max)  # type: ignore[no-untyped-call]
        x = np.clip(x.astype(np.float32) if x.dtype.kind != "f" else x, -largest, largest)
    return np.asarray(x).astype(to)


def _read(texts: Array, to: Any) -> Array:
    whole = to.kind in "iu"
    numbers = [_whole(str(text)) if whole else float(text) for text in texts.reshape(-1)]
    return np.array(numbers, to if whole else np.float64).reshape(texts.shape)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return int(float(text))


def _power_of_two(x: Array, saturate: bool, round_mode: str) -> Array:
    """The exponent of x in 8 bits, of 2^-127 to 2^127; 255 is no number. The sign is lost."""
    fraction, exponent = np.frexp(np.abs(x))  # x = fraction 2^exponent, 1/2 <= fraction < 1
    raised = {"up": fraction > 0.5, "nearest": fraction >= 0.75, "down": np.zeros(x.shape, bool)}[round_mode]
    power = np.where(x == 0, -127, np.where(np.isinf(x), 128, exponent - 1 + raised))
    if saturate:
        power = np.clip(power, -127, 127)
    lost = np.isnan(x) | (power > 127)
    return np.where(lost, 255, np.maximum(power, -127) + 127).astype(np.uint8).view(ml_dtypes.float8_e8m0fnu)
