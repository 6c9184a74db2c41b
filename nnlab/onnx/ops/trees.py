"""Decision trees as flat arrays: which leaf each sample comes to, all samples a level deeper at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array

MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER", "LEAF")
LEQ, LT, GTE, GT, EQ, NEQ, MEMBER, LEAF = range(len(MODES))


@dataclass(frozen=True, kw_only=True, eq=False)
class Trees:
    """The nodes of all trees, one after the other.

    Options:  modes: numbers of MODES.  features: which one a node looks at.  values: what it is held against.
              yes, no: the place of the next node.  missing_is_yes: whether NaN goes the way of yes.
              roots: the place of each tree's first node.  members: of a node of mode MEMBER, by its place.
    """

    modes: Array
    features: Array
    values: Array
    yes: Array
    no: Array
    missing_is_yes: Array
    roots: Array
    members: dict[int, Array]

    def leaves(self, x: Array) -> Array:
        """The place of the leaf of each sample in each tree.

        Shapes:  x: (batch, features); result: (batch, trees)
        Raises:  DataError: where a way does not end, or leads to no node.
        """
        at = np.broadcast_to(self.roots, (len(x), len(self.roots))).copy()
        for _ in range(len(self.modes) + 1):
            row, tree = np.nonzero(self.modes[at] != LEAF)
            if not len(row):
                return at
            node = at[row, tree]
            if int(self.features[node].max()) >= x.shape[1]:
                raise DataError(f"looks at feature {int(self.features[node].max())} of {x.shape[1]}")
            met = self._met(node, x[row, self.features[node]])
            at[row, tree] = np.where(met, self.yes[node], self.no[node])
        raise DataError("has a tree whose nodes lead round in a circle")

    def _met(self, node: Array, x: Array) -> Array:
        value, modes = self.values[node], self.modes[node]
        tests = (x <= value, x < value, x >= value, x > value, x == value, x != value, self._member(node, x))
        met = np.select([modes == mode for mode in range(LEAF)], tests)
        return np.asarray(met.astype(bool) | (np.isnan(x) & self.missing_is_yes[node]))

    def _member(self, node: Array, x: Array) -> Array:
        found = np.zeros(len(x), bool)
        for place, members in self.members.items():
            of = node == place
            found[of] = np.isin(x[of], members)
        return found


Numbers = Sequence[int]


def linked(trees: Numbers, ids: Numbers, yes: Numbers, no: Numbers, leaf: Array) -> tuple[Array, Array, Array]:
    """yes, no and roots as places, from the trees and numbers that nodes have in files of TreeEnsembleClassifier.

    A tree's root is the first of its nodes.

    Raises:  DataError: for two nodes of one number, and for a way to a node that there is not.
    """
    place = {pair: n for n, pair in enumerate(zip(trees, ids, strict=True))}
    if len(place) != len(trees):
        raise DataError("has two nodes of one number in one tree")
    ways = [np.array([place.get(pair, -1) for pair in zip(trees, side, strict=True)], np.int64) for side in (yes, no)]
    if any((way[~leaf] < 0).any() for way in ways):
        raise DataError("has a node that leads to one that is not there")
    first: dict[int, int] = {}
    for n, tree in enumerate(trees):
        first.setdefault(tree, n)
    return ways[0], ways[1], np.array(list(first.values()), np.int64)
