"""TreeEnsemble of ai.onnx.ml."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.post_transform import ML, TRANSFORMS
from nnlab.onnx.ops.tree_attributes import REDUCTIONS
from nnlab.onnx.ops.trees import LEAF, MEMBER, Trees


@OPERATORS.register("TreeEnsemble", since=5, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class TreeEnsemble(Operator):
    """y = what the leaves of x say of their target, put together over the trees

    Shapes:  x: (batch, features); y: (batch, targets)
    Options:  aggregate_function: 0 average, 1 sum, 2 min, 3 max.  nodes_modes: 0 <=, 1 <, 2 >=, 3 >, 4 =, 5 not =,
              6 a member of the next set in membership_values, each of which ends with a NaN.
              nodes_trueleafs, _falseleafs: 1 where the next number is that of a leaf.
              post_transform: 0 none, 1 softmax, 2 logistic, 3 softmax but zeros, 4 probit.
    """

    leaf_targetids: tuple[int, ...]
    leaf_weights: Array
    nodes_falseleafs: tuple[int, ...]
    nodes_falsenodeids: tuple[int, ...]
    nodes_featureids: tuple[int, ...]
    nodes_modes: Array
    nodes_splits: Array
    nodes_trueleafs: tuple[int, ...]
    nodes_truenodeids: tuple[int, ...]
    tree_roots: tuple[int, ...]
    aggregate_function: int = 1
    membership_values: Array | None = None
    n_targets: int = 1
    nodes_hitrates: Array | None = None
    nodes_missing_value_tracks_true: tuple[int, ...] = ()
    post_transform: int = 0

    def forward(self, x: Array) -> Array:
        """y, in x's type"""
        inner, leaves = len(self.nodes_featureids), len(self.leaf_weights)
        table = np.full((inner + leaves, self.n_targets), np.nan, x.dtype)
        table[inner + np.arange(leaves), list(self.leaf_targetids)] = self.leaf_weights
        reduce = REDUCTIONS[_named(("AVERAGE", "SUM", "MIN", "MAX"), self.aggregate_function, "aggregate_function")]
        name = _named(("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"), self.post_transform, "post_transform")
        y = TRANSFORMS[name](reduce(table[self._trees.leaves(x)]))
        return y.astype(x.dtype, copy=False)

    @cached_property
    def _trees(self) -> Trees:
        """Of attributes alone, so made once. Leaves stand behind the other nodes."""
        count, leaves = len(self.nodes_featureids), len(self.leaf_weights)
        modes = np.concatenate([self.nodes_modes.astype(np.int64), np.full(leaves, LEAF)])
        zeros = np.zeros(leaves, np.int64)
        missing = self.nodes_missing_value_tracks_true or (0,) * count

        def places(numbers: Sequence[int], of_leaves: Sequence[int]) -> Array:
            return np.concatenate([np.array(numbers, np.int64) + count * np.array(of_leaves, np.int64), zeros])

        return Trees(
            modes=modes,
            features=np.concatenate([np.array(self.nodes_featureids, np.int64), zeros]),
            values=np.concatenate([self.nodes_splits, zeros.astype(self.nodes_splits.dtype)]),
            yes=places(self.nodes_truenodeids, self.nodes_trueleafs),
            no=places(self.nodes_falsenodeids, self.nodes_falseleafs),
            missing_is_yes=np.concatenate([np.array(missing, bool), zeros.astype(bool)]),
            roots=np.array(self.tree_roots, np.int64),
            members=self._members(np.flatnonzero(modes == MEMBER)),
        )

    def _members(self, nodes: Array) -> dict[int, Array]:
        values = np.zeros(0) if self.membership_values is None else self.membership_values
        ends = np.flatnonzero(np.isnan(values))
        if len(ends) < len(nodes):
            raise DataError(f"has {len(ends)} sets of members for {len(nodes)} nodes")
        sets = np.split(values, ends + 1)
        return {int(node): members[:-1] for node, members in zip(nodes, sets, strict=False)}


def _named(names: Sequence[str], number: int, what: str) -> str:
    if not 0 <= number < len(names):
        raise DataError(f"{what} {number} is none of 0 to {len(names) - 1}")
    return names[number]
