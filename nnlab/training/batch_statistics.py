"""BatchNorm's statistics over a whole partition, in place of those that ran along with training."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.types import Array
from nnlab.models.learner import Learner
from nnlab.models.moments import BatchMoments

Statistics = Literal["running", "precise"]
"""Which statistics BatchNorm has when it is scored, kept and used."""


@dataclass(eq=False)
class Pooled:
    """Mean and variance of values that come in batches, as of all of them at once.

    values = n + k;  mean += (m - mean) k / values
    apart = sum (x - mean)^2 += k v + (m - mean before)^2 n k / values

    m and v are those of a batch of k values. That the batches' means differ is part of the variance: a mean of their
    variances would leave it out.

    Source:  Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    """

    values: int = 0
    mean: Array | float = 0.0
    apart: Array | float = 0.0

    def add(self, batch: BatchMoments) -> None:
        """Takes a batch's moments in, in float64."""
        whole = self.values + batch.values
        off = batch.mean.astype(np.float64) - self.mean
        self.apart = self.apart + batch.values * batch.variance.astype(np.float64)
        self.apart = self.apart + off * off * (self.values * batch.values / whole)
        self.mean = self.mean + off * (batch.values / whole)
        self.values = whole

    @property
    def variance(self) -> Array:
        """The unbiased one, as running statistics have it."""
        return np.asarray(self.apart / (self.values - 1))


def precise_statistics(learner: Learner, batches: Iterable[Batch]) -> dict[str, Array]:
    """The buffers of every BatchNorm, by name, as these batches have them with the learner's present weights.

    In one pass: each normalises by a batch's own moments, as in training; all else is as in evaluation (nothing is
    dropped). The first sees what it would see in any other batches; those behind it see values that were normalised
    batch by batch, so batches ought to be mixed and not small.

    Source:  Wu and Johnson, "Rethinking 'Batch' in BatchNorm", 2021, section 3: PreciseBN.
    """
    pooled: dict[str, Pooled] = {}
    for batch in batches:
        for node, moments in learner.moments(batch).items():
            pooled.setdefault(node, Pooled()).add(moments)
    return {f"{node}.running_mean": np.asarray(each.mean) for node, each in pooled.items()} | {
        f"{node}.running_variance": each.variance for node, each in pooled.items()
    }
