"""Integrated gradients: each pixel's share in the way from a picture that says nothing to this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.explainers.base import AT_ONCE, EXPLAINERS, Explainer, Explanation, Question
from nnlab.explainers.baselines import Baseline, baseline_of
from nnlab.models.node import INPUT
from nnlab.models.slopes import Slopes


@EXPLAINERS.register
@dataclass(kw_only=True, eq=False)
class IntegratedGradients(Explainer):
    """The gradient, summed along the straight line from a baseline b to the picture x.

    a_i = (x_i - b_i) 1/m  sum over k = 1..m of  d score / d x_i  at  b + (k - 1/2) / m (x - b)
    gap = |sum over i of a_i - (score(x) - score(b))| / |score(x) - score(b)|

    With more steps the sum comes nearer to the difference of the scores, which it is to be: steps are doubled until the
    gap is small. A linear network is exact with one. A place's weight is the sum over its channels.

    Options:  steps: m to begin with.  most_steps: where doubling ends.  tolerance: the gap that is small enough.
              baseline: black, the picture's mean colour, or the picture blurred.
    Source:  Sundararajan et al., "Axiomatic attribution for deep networks", 2017, equations 1 and 3; midpoint rule.
    """

    title: ClassVar[str] = "integrated gradients"

    steps: int = option(64, "gradients on the way, to begin with; doubled while the gap is too large", low=1)
    most_steps: int = option(1024, "how many there are at most", low=1)
    tolerance: float = option(0.01, "the gap that is small enough, as a share of the difference of scores", above=0)
    baseline: Baseline = option("black", "the picture that says nothing")

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """From each baseline."""
        return {}, {"baseline": "mean", "steps": 3, "most_steps": 3}, {"baseline": "blur", "steps": 1}

    def explain(self, network: Slopes, question: Question) -> Explanation:
        """The weight of every place."""
        away = baseline_of(question, self.baseline)
        ends = network.scores(np.stack([question.x, away]))[:, question.chosen].astype(np.float64)
        difference, steps = float(ends[0] - ends[1]), self.steps
        while True:
            attributions = self._summed(network, question, away, steps)
            gap = gap_of(float(attributions.sum()), difference)
            if gap <= self.tolerance or 2 * steps > self.most_steps:
                break
            steps *= 2
        return Explanation(
            attributions.sum(axis=2),
            facts={"steps": steps, "gap": gap, "baseline": self.baseline, "difference": difference},
            words=f"from {self.baseline}, gap {gap:.2%} in {steps} step{'s' if steps > 1 else ''}",
            warning=None
            if gap <= self.tolerance
            else f"the gap is above {self.tolerance:.3g}; allow more --most-steps",
        )

    def _summed(self, network: Slopes, question: Question, away: Array, steps: int) -> Array:
        """a  Shapes:  result: (height, width, channels), float64"""
        total = np.zeros(question.x.shape)
        way = question.x - away
        for first in range(0, steps, AT_ONCE):
            shares = (np.arange(first, min(first + AT_ONCE, steps)) + 0.5) / steps
            between = away + shares[:, None, None, None].astype(way.dtype) * way
            slope = network.at(INPUT, between, np.full(len(shares), question.chosen))
            total += slope.gradients.sum(axis=0, dtype=np.float64)
        attributions: Array = way * total / steps
        return attributions


def gap_of(total: float, difference: float) -> float:
    """|total - difference| / |difference|; 0 where both are nothing, infinite where only the difference is."""
    missing = abs(total - difference)
    if not missing:
        return 0.0
    return missing / abs(difference) if difference else float("inf")
