"""What TreeEnsembleClassifier and TreeEnsembleRegressor say of their trees, the same in both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import Operator
from nnlab.onnx.ops.trees import LEAF, MODES, Numbers, Trees, linked


def summed(x: Array) -> Array:
    """Over the trees, NaN standing for a leaf that says nothing.

    Shapes:  x: (batch, trees, targets); result: (batch, targets)
    """
    y: Array = np.nansum(x, axis=1)
    return y


REDUCTIONS: Mapping[str, Callable[[Array], Array]] = {
    "SUM": summed,
    "AVERAGE": lambda x: summed(x) / x.shape[1],
    "MIN": lambda x: np.where(np.isnan(x).all(axis=1), 0, np.fmin.reduce(x, axis=1)),
    "MAX": lambda x: np.where(np.isnan(x).all(axis=1), 0, np.fmax.reduce(x, axis=1)),
}
"""Over the trees, as `summed`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TreeAttributes(Operator):
    """An ensemble of decision trees.

    Options:  nodes_*: each node's tree, number, mode, feature, value, and the numbers of the next ones.
              base_values: added to what the trees give.  post_transform: what is done to the scores.
    """

    base_values: tuple[float, ...] = ()
    base_values_as_tensor: Array | None = None
    nodes_falsenodeids: tuple[int, ...] = ()
    nodes_featureids: tuple[int, ...] = ()
    nodes_hitrates: tuple[float, ...] = ()
    nodes_hitrates_as_tensor: Array | None = None
    nodes_missing_value_tracks_true: tuple[int, ...] = ()
    nodes_modes: tuple[str, ...] = ()
    nodes_nodeids: tuple[int, ...] = ()
    nodes_treeids: tuple[int, ...] = ()
    nodes_truenodeids: tuple[int, ...] = ()
    nodes_values: tuple[float, ...] = ()
    nodes_values_as_tensor: Array | None = None
    post_transform: str = "NONE"

    @cached_property
    def trees(self) -> Trees:
        """The trees, of attributes alone: made once.

        Raises:  DataError: for modes that are none, and nodes that lead nowhere.
        """
        unknown = set(self.nodes_modes) - set(MODES) | (set(self.nodes_modes) & {"BRANCH_MEMBER"})
        if unknown:
            raise DataError(f"has nodes of mode {', '.join(sorted(unknown))}")
        modes = np.array([MODES.index(mode) for mode in self.nodes_modes], np.int8)
        ways = self.nodes_truenodeids, self.nodes_falsenodeids
        yes, no, roots = linked(self.nodes_treeids, self.nodes_nodeids, *ways, modes == LEAF)
        missing = self.nodes_missing_value_tracks_true or (0,) * len(self.nodes_modes)
        return Trees(
            modes=modes,
            features=np.array(self.nodes_featureids, np.int64),
            values=numbers(self.nodes_values, self.nodes_values_as_tensor),
            yes=yes,
            no=no,
            missing_is_yes=np.array(missing, bool),
            roots=roots,
            members={},
        )

    def table(self, trees: Numbers, ids: Numbers, columns: Numbers, weights: Array, width: int) -> Array:
        """The weights of each node: (nodes, width).  Options:  trees, ids: of the leaf of each weight."""
        place = {pair: n for n, pair in enumerate(zip(self.nodes_treeids, self.nodes_nodeids, strict=True))}
        y = np.full((len(place), width), np.nan, weights.dtype)
        for tree, node, column, weight in zip(trees, ids, columns, weights, strict=True):
            at = place[(tree, node)], column
            y[at] = weight if np.isnan(y[at]) else y[at] + weight
        return y


def numbers(given: Sequence[float], tensor: Array | None) -> Array:
    """What is said by a list, or by a tensor, which may be of float64."""
    return np.array(given, np.float32) if tensor is None else tensor
