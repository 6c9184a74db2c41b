"""ZipMap of ai.onnx.ml."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.post_transform import ML


@OPERATORS.register("ZipMap", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class ZipMap(Operator):
    """For each row a map from label to score: a sequence of them

    Shapes:  x: (batch, classes) or (classes,)
    """

    classlabels_int64s: tuple[int, ...] = ()
    classlabels_strings: tuple[str, ...] = ()

    def forward(self, x: Array) -> list[dict[Any, float]]:
        """The maps, as Python's own"""
        labels = self.classlabels_strings or self.classlabels_int64s
        rows = x.reshape(1, -1) if x.ndim < 2 else x
        if rows.shape[1] != len(labels):
            raise ShapeError(f"has {len(labels)} labels for {rows.shape[1]} scores")
        return [dict(zip(labels, row, strict=True)) for row in rows.tolist()]
