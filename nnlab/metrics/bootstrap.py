"""How sure a figure is that no formula is known for: the bootstrap."""

import copy
from collections.abc import Sequence

import numpy as np

from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels, Rows, taken
from nnlab.core.types import Array
from nnlab.metrics.base import Metric

ROUNDS = 500
MOST = 20_000_000
"""Samples that are drawn in all rounds at most; of large sets fewer rounds do."""


def bootstrap(metric: Metric, answers: Sequence[Truth], truths: Sequence[Truth]) -> tuple[float, float] | None:
    """The interval of 95%: the figure of as many samples, drawn from these with repetition, again and again; between
    the 2.5th and the 97.5th percentile of what comes out. The same draws every time.

    None of fewer than two samples, and of truths that are no arrays (masks), which would take too long.

    Source:  Efron, "Bootstrap methods: another look at the jackknife", 1979.
    """
    count = len(truths)
    if count < 2:
        return None
    shares = metric.shares(answers, truths)
    if shares is None and not all(isinstance(each, (Labels, Rows)) for each in (answers, truths)):
        return None
    generator = Rng(0).at("bootstrap").generator()
    figures = []
    for _ in range(min(ROUNDS, max(MOST // count, 100))):
        places = generator.integers(0, count, count)
        if shares is not None:
            figures.append(_mean(shares[places]))
            continue
        drawn = copy.deepcopy(metric)
        drawn.reset()
        drawn.update(taken(answers, places), taken(truths, places))
        figures.append(drawn.compute())
    known = np.array(figures)[~np.isnan(figures)]
    if not len(known):
        return None
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def _mean(shares: Array) -> float:
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if len(known) else float("nan")
