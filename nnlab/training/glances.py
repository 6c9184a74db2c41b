"""What is found of a large array by looking at evenly spread parts of it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array

OUTPUTS, FEWEST = 1 << 15, 16
"""How many of a layer's outputs are looked at; of fewer rows than that no unit is called dead."""

WEIGHTS, PIECE = 1 << 16, 1 << 10
"""How many of a parameter's values are compared with what a step made of them, in pieces that lie together."""

NEAR = 0.01
"""How near to an end of a function a value is that has hardly any slope, as a share of the way between both ends."""


def outputs_seen(outputs: Array, ends: tuple[float, float] | None) -> dict[str, Any]:
    """Mean, std and share of zeros of a layer's outputs, and its units that are dead: 0 in every row, or at an end.

    A row is a sample, of images a place in one; they are spread evenly over all.

    Options:  ends: as Layer has them.
    Shapes:   outputs: (batch, ..., units)
    """
    units = outputs.shape[-1]
    rows, most = outputs.reshape(-1, units), max(OUTPUTS // units, FEWEST)
    if len(rows) > most:
        rows = rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]
    with np.errstate(all="ignore"):  # values that are not finite are the instability check's to report
        figures = {"mean": rows.mean(dtype=np.float64), "std": rows.std(dtype=np.float64)}
    zeros = 1 - np.count_nonzero(rows) / rows.size
    return {
        "activation": {name: short(value) for name, value in figures.items()} | {"zeros": short(zeros)},
        "dead": np.flatnonzero(_flat(rows, ends)).tolist() if len(rows) >= FEWEST else [],
        "units": units,
    }


def _flat(rows: Array, ends: tuple[float, float] | None) -> Array:
    """(units,) whether each is 0, or where the function is flat, in every row."""
    if ends is None:
        flat: Array = np.logical_not(rows.any(axis=0))
    else:
        low, high = ends
        margin = NEAR * (high - low)
        flat = np.logical_and.reduce((rows == 0) | (rows <= low + margin) | (rows >= high - margin), axis=0)
    return flat


@dataclass(frozen=True, eq=False)
class WeightsSeen:
    """A parameter before a step.  Options:  squares: |w|^2.  pieces: a copy of evenly spread ones."""

    squares: float
    pieces: Array

    @classmethod
    def of(cls, weights: Array) -> "WeightsSeen":
        """What is to be remembered of these."""
        return cls(squares(weights), pieces(weights, WEIGHTS).copy())

    def moved(self, weights: Array) -> tuple[float, float]:
        """|w' - w|^2 and |w|^2 of the pieces, w' being what a step made of the weights."""
        with np.errstate(all="ignore"):
            return squares(pieces(weights, WEIGHTS) - self.pieces), squares(self.pieces)


def pieces(values: Array, most: int) -> Array:
    """All values, or of more than `most` evenly spread pieces; a view where the memory allows."""
    flat = values.ravel(order="K")
    if flat.size <= most:
        return flat
    whole = flat.size // PIECE
    spread = flat[: whole * PIECE].reshape(whole, PIECE)[:: math.ceil(whole * PIECE / most)]
    return spread


def squares(values: Array) -> float:
    """The sum of squares, of pieces in their own dtype, over these in float64: no product of BLAS, the same bits on any
    number of threads."""
    flat = values.ravel(order="K")
    whole = flat.size // PIECE * PIECE
    head, tail = flat[:whole].reshape(-1, PIECE), flat[whole:]
    with np.errstate(all="ignore"):
        found = np.einsum("np,np->n", head, head).sum(dtype=np.float64) + np.einsum("n,n->", tail, tail)
    return float(found)


def short(figure: float) -> float:
    """To the six digits that float32 has, so that a line is short."""
    return float(f"{figure:.6g}")
