"""StringSplit."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("StringSplit", since=20)
@dataclass(frozen=True, kw_only=True, eq=False)
class StringSplit(Operator):
    """Texts cut at a delimiter (at any white space, where none is given), at most `maxsplit` times.

    Outputs:  the parts, with a new last axis as long as the longest needs, "" where there are fewer; how many they are.
    """

    delimiter: str = ""
    maxsplit: int | None = None

    def forward(self, x: Array) -> tuple[Array, Array]:
        """The parts and their counts."""
        most = -1 if self.maxsplit is None else self.maxsplit
        parts = [text.split(self.delimiter or None, most) for text in x.reshape(-1)]
        y = np.full((len(parts), max(map(len, parts), default=0)), "", object)
        for row, part in zip(y, parts, strict=True):
            row[: len(part)] = part
        counts = np.array([len(part) for part in parts], np.int64)
        return y.reshape(*x.shape, y.shape[1]), counts.reshape(x.shape)
