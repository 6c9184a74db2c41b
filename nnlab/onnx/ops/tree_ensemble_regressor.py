"""TreeEnsembleRegressor of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.labels import as_float
from nnlab.onnx.ops.post_transform import ML, transformed
from nnlab.onnx.ops.tree_attributes import REDUCTIONS, TreeAttributes, numbers


@OPERATORS.register("TreeEnsembleRegressor", since=(1, 3, 5), domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class TreeEnsembleRegressor(TreeAttributes):
    """y = what the leaves of x say of each target, put together over the trees, and the base values

    Shapes:  x: (batch, features); y: (batch, targets)
    Options:  aggregate_function: SUM, AVERAGE, MIN or MAX over the trees.
              target_*: the weights of the leaves, each with its tree, node and target.
    Source:  Breiman, "Random forests", 2001; Friedman, "Greedy function approximation", 2001.
    """

    aggregate_function: str = "SUM"
    n_targets: int = 1
    target_ids: tuple[int, ...] = ()
    target_nodeids: tuple[int, ...] = ()
    target_treeids: tuple[int, ...] = ()
    target_weights: tuple[float, ...] = ()
    target_weights_as_tensor: Array | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        if self.aggregate_function not in REDUCTIONS:
            raise DataError(f"aggregate_function {self.aggregate_function!r} is none of {', '.join(REDUCTIONS)}")
        weights = numbers(self.target_weights, self.target_weights_as_tensor)
        at = self.trees.leaves(as_float(x))
        table = self.table(self.target_treeids, self.target_nodeids, self.target_ids, weights, self.n_targets)
        y = REDUCTIONS[self.aggregate_function](table[at])
        base = numbers(self.base_values, self.base_values_as_tensor)
        y = y + base if len(base) else y
        return transformed(y.astype(np.float32), self.post_transform)
