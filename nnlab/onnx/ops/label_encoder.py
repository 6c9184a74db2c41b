"""LabelEncoder."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import (
    OPERATORS,
    Operator,
    is_float,
)


@OPERATORS.register("LabelEncoder", since=(1, 2, 4), domain="ai.onnx.ml")
@dataclass(frozen=True, kw_only=True, eq=False)
class LabelEncoder(Operator):
    """Each entry replaced by what a table has for it, or by a default. Every NaN is the same key.

    Version 1 knows one list of texts: whole numbers become texts, texts their place.
    """

    classes_strings: tuple[str, ...] = ()
    keys_floats: tuple[float, ...] = ()
    keys_int64s: tuple[int, ...] = ()
    keys_strings: tuple[str, ...] = ()
    keys_tensor: Array | None = None
    values_floats: tuple[float, ...] = ()
    values_int64s: tuple[int, ...] = ()
    values_strings: tuple[str, ...] = ()
    values_tensor: Array | None = None
    default_float: float = -0.0
    default_int64: int = -1
    default_string: str = "_Unused"
    default_tensor: Array | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        keys, values, default, dtype = self.table(x)
        known = {self.key(key): value for key, value in zip(keys, values, strict=True)}
        found = [known.get(self.key(entry), default) for entry in x.reshape(-1).tolist()]
        return np.array(found, dtype).reshape(x.shape)

    @staticmethod
    def key(entry: Any) -> Any:
        """What an entry is known by."""
        return "NaN" if isinstance(entry, float) and math.isnan(entry) else entry

    def table(self, x: Array) -> tuple[Sequence[Any], Sequence[Any], Any, Any]:
        """Keys, values, default and the type of the result."""
        if self.classes_strings:
            places = range(len(self.classes_strings))
            if x.dtype.kind in "OU":
                return self.classes_strings, places, self.default_int64, np.int64
            return places, self.classes_strings, self.default_string, object
        keys: Sequence[Any] = self.keys_floats or self.keys_int64s or self.keys_strings
        if self.keys_tensor is not None:
            keys = self.keys_tensor.tolist()
        elif self.keys_floats:
            keys = np.array(keys, np.float32).tolist()
        if self.values_tensor is not None:
            fill = self.default_tensor
            if fill is None:
                texts = self.values_tensor.dtype.kind in "OU"
                fallback: Any = self.default_string if texts else -0.0 if is_float(self.values_tensor) else -1
            else:
                fallback = fill.reshape(-1)[0]
            return keys, self.values_tensor.tolist(), fallback, self.values_tensor.dtype
        if self.values_strings:
            return keys, self.values_strings, self.default_string, object
        if self.values_floats:
            return keys, self.values_floats, self.default_float, np.float32
        return keys, self.values_int64s, self.default_int64, np.int64
