"""Group normalisation of images with the channels last: each sample's channels standardised in groups, over all places.

    n = (x - mean) / sqrt(variance + epsilon);  y = n gamma + beta        mean and variance of each sample's group

A few samples at a time go through all of it, as many as stay in the cache.

Shapes:  x, y: (batch, places, channels); gamma, beta: (channels,)
         mean, inverse: (batch, groups), inverse = 1 / sqrt(variance + epsilon)
Source:  Wu and He, "Group normalization", 2018.
"""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Empty
from nnlab.kernels.groups import over_groups
from nnlab.kernels.rows import places_in_a_row
from nnlab.kernels.sums import image_dots, image_sums


@dataclass(frozen=True)
class Grouping:
    """Rows of `fold` places each.

    Options:  rows: of a sample.  groups, each: how many groups, and how many channels each has.
    """

    rows: int
    fold: int
    groups: int
    each: int

    @classmethod
    def of(cls, places: int, channels: int, groups: int) -> "Grouping":
        """That of images of so many places."""
        fold = places_in_a_row(places, channels)
        return cls(places // fold, fold, groups, channels // groups)

    @property
    def values(self) -> int:
        """Of one group of one sample."""
        return self.rows * self.fold * self.each

    def rows_of(self, x: Array) -> Array:
        """Shapes:  x: (batch, places, channels); result: (batch, rows, fold * channels)"""
        return x.reshape(len(x), self.rows, self.fold * self.groups * self.each)

    def spread(self, of_groups: Array) -> Array:
        """Shapes:  of_groups: (batch, groups); result: (batch, 1, fold * channels)"""
        shape = (len(of_groups), self.fold, self.groups, self.each)
        spread: Array = np.broadcast_to(of_groups[:, None, :, None], shape).reshape(len(of_groups), 1, -1)
        return spread

    def tiled(self, of_channels: Array) -> Array:
        """Shapes:  of_channels: (channels,); result: (fold * channels,)"""
        return np.tile(of_channels, self.fold)

    def mean(self, of_channels: Array) -> Array:
        """Shapes:  of_channels: (batch, channels), sums; result: (batch, groups), the means over a group's values"""
        means: Array = of_channels.reshape(len(of_channels), self.groups, self.each).sum(axis=2)
        means /= self.values
        return means


def group_norm(
    x: Array, parameters: tuple[Array, Array], groups: int, epsilon: float, empty: Empty
) -> tuple[Array, Array, Array]:
    """y, mean, inverse.  Options:  parameters: gamma and beta.  empty: lends memory for what is given."""
    (batch, places, channels), by = x.shape, Grouping.of(x.shape[1], x.shape[2], groups)
    y, mean, inverse = empty(x.shape, x.dtype), empty((batch, groups), x.dtype), empty((batch, groups), x.dtype)
    (gamma, beta), given, out = map(by.tiled, parameters), by.rows_of(x), by.rows_of(y)

    def work(some: slice) -> None:
        own, deviation = out[some], inverse[some]
        mean[some] = by.mean(image_sums(given[some], channels))
        np.subtract(given[some], by.spread(mean[some]), out=own)
        deviation[...] = by.mean(image_dots(own, own, channels))
        deviation += epsilon
        np.divide(1, np.sqrt(deviation, out=deviation), out=deviation)
        own *= by.spread(deviation) * gamma
        own += beta

    over_groups(work, batch, places * channels * x.itemsize)
    return y, mean, inverse


def group_norm_gradients(
    dy: Array, x: Array, gamma: Array, moments: tuple[Array, Array], dx: Array | None
) -> tuple[Array, Array]:
    """dgamma and dbeta; dx is written where it is an array.

    dbeta = sum dy;  dgamma = sum dy n                                    over all samples and places
    dx = inverse (g - mean(g) - n mean(g n)),  g = dy gamma               means over each sample's group

    n = inverse c, with c = x - mean; so all four sums are made of those of dy and of dy c over each sample's places.

    Options:  moments: mean and inverse.
    """
    (batch, places, channels), (mean, inverse) = x.shape, moments
    by = Grouping.of(places, channels, mean.shape[1])
    given, upstream, out = by.rows_of(x), by.rows_of(dy), None if dx is None else by.rows_of(dx)
    totals, along = np.empty((2, batch, channels), x.dtype)

    def work(some: slice) -> None:
        d, r = upstream[some], inverse[some]
        c = np.subtract(given[some], by.spread(mean[some]))
        totals[some], along[some] = image_sums(d, channels), image_dots(d, c, channels)
        if out is None:
            return
        own = np.multiply(d, by.spread(r) * by.tiled(gamma), out=out[some])
        c *= by.spread(by.mean(along[some] * gamma) * r * r * r)
        c += by.spread(by.mean(totals[some] * gamma) * r)
        own -= c

    over_groups(work, batch, places * channels * x.itemsize)
    along *= np.repeat(inverse, by.each, axis=1)
    dgamma, dbeta = (np.sum(sums, axis=0, dtype=np.float64).astype(x.dtype) for sums in (along, totals))
    return dgamma, dbeta
