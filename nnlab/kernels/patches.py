"""Patches of maps of classes: which pixels hang together, and how far apart patches lie."""

import numpy as np

from nnlab.core.types import Array


def patches(classes: Array) -> Array:
    """The number of each pixel's patch, from 1: pixels of one class that touch at their sides; 0 of class 0.

    Every pixel points to the least of its patch that it knows of, and to what that one points to, until nothing
    changes: so a long patch takes few rounds.

    Shapes:  classes: (batch, height, width); result: the same, numbered through the whole batch
    """
    parent = np.arange(classes.size)
    places = parent.reshape(classes.shape)
    ones, others = [], []
    for axis in (1, 2):
        first = tuple(slice(None, -1) if each == axis else slice(None) for each in range(3))
        second = tuple(slice(1, None) if each == axis else slice(None) for each in range(3))
        alike = (classes[first] == classes[second]) & (classes[first] != 0)
        ones.append(places[first][alike])
        others.append(places[second][alike])
    one, other = np.concatenate(ones), np.concatenate(others)
    while len(one):
        one_s, other_s = parent[one], parent[other]
        apart = one_s != other_s
        one, other, one_s, other_s = one[apart], other[apart], one_s[apart], other_s[apart]
        np.minimum.at(parent, np.maximum(one_s, other_s), np.minimum(one_s, other_s))
        while (parent[parent] != parent).any():
            parent = parent[parent]
    numbers = np.where(classes.ravel() != 0, parent + 1, 0)
    return numbers.reshape(classes.shape)


def two_nearest(numbers: Array, reach: int) -> tuple[Array, Array]:
    """How far it is from each pixel to the nearest patch, and to the second nearest, in pixels; infinite beyond reach.

    Of a column only the two patches that are nearest in it can be among the two nearest: so the way goes down the
    columns first, and then along the rows.

    Shapes:  numbers: (batch, height, width), as `patches` gives them; results: the same, float32
    """
    far = np.float32(np.inf)
    first, second = np.where(numbers > 0, np.float32(0), far), np.full(numbers.shape, far)
    down = _Two(numbers.copy(), first, np.zeros_like(numbers), second)
    for step in range(1, reach + 1):
        for sign in (1, -1):
            down.take(numbers, np.where(numbers > 0, np.float32(step * step), far), 1, sign * step)
    across = down.copy()
    for step in range(1, reach + 1):
        for sign in (1, -1):
            across.take(down.patch, down.square + step * step, 2, sign * step)
            across.take(down.other, down.other_square + step * step, 2, sign * step)
    return np.sqrt(across.square), np.sqrt(across.other_square)


class _Two:
    """Of each pixel the two nearest patches, and the squares of their distances.

    Shapes:  patch, square, other, other_square: (batch, height, width)
    """

    def __init__(self, patch: Array, square: Array, other: Array, other_square: Array):
        self.patch, self.square, self.other, self.other_square = patch, square, other, other_square

    def copy(self) -> "_Two":
        """The same in memory of its own."""
        return _Two(self.patch.copy(), self.square.copy(), self.other.copy(), self.other_square.copy())

    def take(self, patches: Array, squares: Array, axis: int, step: int) -> None:
        """Takes in what stands `step` places further along an axis."""
        if abs(step) >= patches.shape[axis]:
            return
        here = tuple(_cut(-step) if each == axis else slice(None) for each in range(3))
        there = tuple(_cut(step) if each == axis else slice(None) for each in range(3))
        new, far = patches[there], squares[there]
        patch, square = self.patch[here], self.square[here]
        other, other_square = self.other[here], self.other_square[here]
        same, nearer = new == patch, far < square
        third = ~same & ~nearer & (far < other_square)
        moved = nearer & ~same  # the nearest becomes the second
        np.copyto(other, patch, where=moved)
        np.copyto(other_square, square, where=moved)
        np.copyto(patch, new, where=nearer)
        np.copyto(square, far, where=nearer)
        np.copyto(other, new, where=third)
        np.copyto(other_square, far, where=third)


def _cut(step: int) -> slice:
    """What has something `step` places before it, or for a negative step after it."""
    return slice(step, None) if step >= 0 else slice(None, step)
