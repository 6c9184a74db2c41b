"""An anchor's own kind nearer than any other, by a margin."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES
from nnlab.losses.comparing import Compared, ComparingLoss


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class Triplet(ComparingLoss):
    """Of an anchor a, a positive p of its identity and a negative n of another: p ought to be nearer by the margin.

    l_apn = max(0, d_ap - d_an + margin);  l_a = the mean of those triplets of the minibatch that are mined:

    hardest     one: the farthest p and the nearest n
    semi-hard   each p with the nearest n that is farther than p; where none is, the farthest n
    all         every p with every n

    Shapes:  predicted: (batch, ..., channels), of length 1; target: (batch, ..., 1), the identity's number
    Gradient:  of a triplet with a loss: dl/dd_ap = 1, dl/dd_an = -1;  the rest in comparing.py
    Options:  margin: by how much.  mining: which triplets.
    Source:  Schroff, Kalenichenko, Philbin, "FaceNet", 2015 (semi-hard); Hermans, Beyer, Leibe, "In Defense of the
             Triplet Loss for Person Re-Identification", 2017 (hardest, all).
    """

    also_called = ("TripletLoss", "TripletMargin")

    margin: float = option(0.3, "by how much nearer an anchor's own kind ought to be", above=0, high=2)
    mining: Literal["hardest", "semi-hard", "all"] = option("hardest", "which triplets of a minibatch count")

    def compared(self, distances: Array, alike: Array, other: Array) -> Compared:
        """The triplets of each anchor."""
        counts = np.logical_and(alike.any(axis=1), other.any(axis=1))
        mined = {"hardest": self._hardest, "semi-hard": self._semi_hard, "all": self._all}[self.mining]
        losses, slopes = mined(distances, alike, other)
        return np.where(counts, losses, 0.0), slopes * counts[:, np.newaxis], counts

    def _hardest(self, d: Array, alike: Array, other: Array) -> tuple[Array, Array]:
        rows = np.arange(len(d))
        p, n = np.where(alike, d, -np.inf).argmax(axis=1), np.where(other, d, np.inf).argmin(axis=1)
        lost = d[rows, p] - d[rows, n] + self.margin
        slopes = np.zeros_like(d)
        slopes[rows, p], slopes[rows, n] = lost > 0, -(lost > 0).astype(d.dtype)
        return np.maximum(lost, 0), slopes

    def _semi_hard(self, d: Array, alike: Array, other: Array) -> tuple[Array, Array]:
        """By the order of each anchor's distances, others before its own kind where they are equal."""
        order = np.lexsort((alike, d), axis=1)
        is_other = np.take_along_axis(other, order, axis=1)
        last = d.shape[1]
        places = np.where(is_other, np.arange(last), last)
        following = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]  # of others, at each place or behind it
        farthest = last - 1 - is_other[:, ::-1].argmax(axis=1)
        following = np.where(following == last, farthest[:, np.newaxis], following)
        chosen = np.empty_like(order)
        np.put_along_axis(chosen, order, np.take_along_axis(order, following, axis=1), axis=1)
        lost = np.where(alike, d - np.take_along_axis(d, chosen, axis=1) + self.margin, 0.0)
        share = 1 / np.maximum(np.count_nonzero(alike, axis=1), 1)
        slopes = (lost > 0) * share[:, np.newaxis]
        anchors, positives = np.nonzero(lost > 0)
        np.subtract.at(slopes, (anchors, chosen[anchors, positives]), share[anchors])
        return np.maximum(lost, 0).sum(axis=1) * share, slopes

    def _all(self, d: Array, alike: Array, other: Array) -> tuple[Array, Array]:
        """By one order of all d_an and all d_ap + margin: a triplet loses where its n comes before its p."""
        keys = np.where(alike, d + self.margin, np.where(other, d, np.inf))
        order = np.argsort(keys, axis=1, kind="stable")
        ps, ns, sorted_keys = (np.take_along_axis(each, order, axis=1) for each in (alike, other, keys))
        before = np.cumsum(ns, axis=1)  # others that are too near to each of its own kind
        behind = np.cumsum(ps[:, ::-1], axis=1)[:, ::-1]  # and for each other one, of its own kind that are too far
        signed = np.where(ps, before, np.where(ns, -behind, 0)).astype(d.dtype)
        triplets = np.count_nonzero(alike, axis=1) * np.count_nonzero(other, axis=1)
        signed /= np.maximum(triplets, 1)[:, np.newaxis]
        slopes = np.empty_like(d)
        np.put_along_axis(slopes, order, signed, axis=1)
        return np.einsum("an,an->a", signed, np.where(ps | ns, sorted_keys, 0.0)), slopes

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Every mining; with so wide a margin that triplets lose."""
        return ({}, {"mining": "semi-hard", "margin": 0.7}, {"mining": "all", "margin": 1.0})
