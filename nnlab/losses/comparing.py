"""What losses share that compare samples with one another: distances, and what each sample loses by them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.losses.base import Loss

BLOCK = 4_000_000
"""Distances that are held at once, at most."""

Compared = tuple[Array, Array, Array]
"""Of some samples: what each loses, (samples,); how that changes with its distance to each other one, (samples, all);
and which of them have something to be compared with, (samples,)."""


@dataclass(kw_only=True, eq=False)
class ComparingLoss(Loss, ABC):
    """A loss of pairs or triplets of a minibatch's samples: those of one identity ought to lie near each other, others
    apart. It is no mean over samples by themselves: a sample alone loses nothing.

    loss = sum_a w_a l_a / sum_a w_a    over the samples a that have others to be compared with
    d_ab = |x_a - x_b|

    Samples of weight 0 are not there, for others neither. Every place of a map is a sample.

    Shapes:  predicted x: (batch, ..., channels), of length 1; target: (batch, ..., 1), the identity's number
    Gradient:  dx_a = sum_b (s_ab + s_ba) (x_a - x_b) / d_ab,  s_ab = w_a dl_a/dd_ab / sum w;  0 where d_ab is 0
    """

    takes: ClassVar[tuple[Emits, ...]] = ("vectors",)
    separable: ClassVar[bool] = False
    placewise: ClassVar[bool] = False
    defaults: ClassVar[Mapping[str, str]] = {"sampler": "IdentitiesBySamples"}

    @abstractmethod
    def compared(self, distances: Array, alike: Array, other: Array) -> Compared:
        """What some samples lose.

        Shapes:  distances, alike, other: (samples, all), float64 and bool; alike: of another sample of the same
                 identity; other: of one of another
        """

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean over samples, and dx."""
        rows, identities, weights = self._rows(predicted, target)
        slopes = np.zeros_like(rows)
        losses, counted = self._compare(rows, identities, weights, slopes)
        total = float(weights[counted].sum())
        if not total:
            return 0.0, np.zeros_like(predicted)
        gradient = (slopes / total).astype(predicted.dtype).reshape(predicted.shape)
        return float((losses * weights)[counted].sum() / total), gradient

    def each(self, predicted: Array, target: Target, ctx: Context) -> Array:
        """What each sample loses by comparison with the others of its batch.  Shapes:  result: (batch,), float64"""
        rows, identities, weights = self._rows(predicted, target)
        losses, _ = self._compare(rows, identities, weights, None)
        each: Array = losses.reshape(len(predicted), -1).mean(axis=1)
        return each

    def _rows(self, predicted: Array, target: Target) -> tuple[Array, Array, Array]:
        """Samples in float64, since distances are small differences of them; identities; weights."""
        places = (*predicted.shape[:-1], 1)
        if predicted.ndim < 2 or not predicted.size or target.value.shape != places:
            what = f"predicted {predicted.shape} needs identities of {places}, and target is {target.value.shape}"
            raise ShapeError(what, where=type(self).__name__)
        weights = np.broadcast_to(1.0 if target.weight is None else target.weight, places)
        rows = predicted.reshape(-1, predicted.shape[-1]).astype(np.float64)
        return rows, target.value.reshape(-1), weights.reshape(-1).astype(np.float64)

    def _compare(self, rows: Array, identities: Array, weights: Array, slopes: Array | None) -> tuple[Array, Array]:
        """Each sample's loss, and whether it has one; adds the gradients of their weighted sum to `slopes`."""
        losses, counted = np.zeros(len(rows)), np.zeros(len(rows), bool)
        there = weights > 0
        for first in range(0, len(rows), step := max(1, BLOCK // len(rows))):
            own = slice(first, first + step)
            d = distances(rows[own], rows)
            same = identities[own, np.newaxis] == identities
            other = ~same & there
            same &= there
            same[np.arange(len(same)), np.arange(len(rows))[own]] = False
            losses[own], slope, counts = self.compared(d, same, other)
            counted[own] = counts & there[own]
            if slopes is not None:
                slope *= (weights[own] * counted[own])[:, np.newaxis]
                add_gradient(slopes, rows, own, np.divide(slope, d, out=np.zeros_like(d), where=d > 0))
        return losses, counted


def distances(some: Array, rows: Array) -> Array:
    """|a - b| of each of some and each of all.  Shapes:  some: (n, channels); rows: (m, channels); result: (n, m)"""
    squares = np.einsum("nc,nc->n", rows, rows)
    d = matrix_product(some, rows.T)
    d *= -2
    d += squares
    d += np.einsum("nc,nc->n", some, some)[:, np.newaxis]
    found: Array = np.sqrt(np.maximum(d, 0, out=d), out=d)
    return found


def add_gradient(slopes: Array, rows: Array, own: slice, shares: Array) -> None:
    """slopes_a += sum_b k_ab (x_a - x_b) and slopes_b -= the same, for the samples of `own`.

    Shapes:  slopes, rows: (all, channels); shares k: (samples, all)
    """
    across = rows[own] * shares.sum(axis=1)[:, np.newaxis] - matrix_product(shares, rows)
    slopes += rows * shares.sum(axis=0)[:, np.newaxis] - matrix_product(shares.T, rows[own])
    slopes[own] += across
