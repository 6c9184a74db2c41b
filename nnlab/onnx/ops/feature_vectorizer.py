"""FeatureVectorizer of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.post_transform import ML


@OPERATORS.register("FeatureVectorizer", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureVectorizer(Operator):
    """All inputs beside each other, as float32

    Shapes:  xs: (batch, features of each); y: (batch, all features)
    Options:  inputdimensions: the features of each input; those that it has more are cut off, missing ones are 0.
    """

    inputdimensions: tuple[int, ...] = ()

    def forward(self, *xs: Array) -> Array:
        """y"""
        if len(self.inputdimensions) != len(xs):
            raise ShapeError(f"says how wide {len(self.inputdimensions)} inputs are, and has {len(xs)}")
        batch = len(xs[0]) if xs[0].ndim else 1
        y = []
        for x, width in zip(xs, self.inputdimensions, strict=True):
            kept = x.reshape(batch, -1)[:, :width].astype(np.float32)
            y.append(np.pad(kept, ((0, 0), (0, width - kept.shape[1]))))
        return np.concatenate(y, axis=1)
