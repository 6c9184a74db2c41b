"""Whether one figure is better than another by more than chance: exact McNemar, and t tests over seeds.

The difference is always the second's less the first's. Its interval is of 95%, and its word follows the test.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nnlab.metrics.interval import wilson
from nnlab.metrics.student import binomial_below, clopper_pearson, t_beyond, t_quantile

LEVEL = 0.05
"""How often chance alone may be taken for a difference."""

Word = Literal["better", "worse", "cannot tell"]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How far the second is from the first.

    Options:  value: the second's figure less the first's; None where there is none to be said.
              interval: of 95%; None where there are too few to have one.  p: how often chance alone gives as much.
              method: the test, in words.  note: why there is none, or what it goes by.
    """

    value: float | None
    method: str
    interval: tuple[float, float] | None = None
    p: float | None = None
    note: str = ""

    def word(self, better: Literal["higher", "lower"] = "higher") -> Word:
        """What can be said of the second. Options:  better: which way is better."""
        if self.value is None or self.p is None or not self.p < LEVEL or self.value == 0:
            return "cannot tell"
        return "better" if (self.value > 0) == (better == "higher") else "worse"


def mcnemar(lost: int, won: int, samples: int) -> Difference:
    """Two shares of right answers to the same samples, by the samples of which one of them alone is right.

    p = 2 P(X <= min(lost, won)), X ~ Bin(lost + won, 1/2), at most 1
    difference = (won - lost) / samples;  its interval: (lost + won) / samples (2 q - 1), q the ends of the
    Clopper-Pearson interval of won / (lost + won). It leaves out 0 just where p is below 0.05.

    Options:  lost, won: samples that only the first, only the second is right about.  samples: all of them.
    Raises:   ValueError: for no samples.
    Source:   McNemar, "Note on the sampling error of the difference between correlated proportions", 1947.
    """
    if samples < 1:
        raise ValueError("no samples have no share")
    parted = lost + won
    method = "exact McNemar test"
    if not parted:
        return Difference(value=0.0, interval=None, p=1.0, method=method, note="both are right about the same samples")
    p = min(1.0, 2 * binomial_below(min(lost, won), parted, 0.5))
    low, high = (parted / samples * (2 * share - 1) for share in clopper_pearson(won, parted))
    return Difference(value=(won - lost) / samples, interval=(low, high), p=p, method=method)


def two_shares(first: tuple[int, int], second: tuple[int, int]) -> Difference:
    """Two shares of right answers to different samples: (right, samples) of each.

    low = difference - sqrt((share2 - low2)^2 + (high1 - share1)^2), low and high of the Wilson intervals; high likewise

    Source:  Newcombe, "Interval estimation for the difference between independent proportions", 1998, method 10.
    """
    method = "Newcombe's interval of two independent shares"
    (one, _), (other, _) = pair = [(right / samples, samples) for right, samples in (first, second)]
    (low_1, high_1), (low_2, high_2) = (wilson(share, samples) for share, samples in pair)
    value = other - one
    low = value - math.hypot(other - low_2, high_1 - one)
    high = value + math.hypot(high_2 - other, one - low_1)
    return Difference(value=value, interval=(low, high), p=_by_shares(first, second), method=method)


def _by_shares(first: tuple[int, int], second: tuple[int, int]) -> float:
    """The p at which Newcombe's interval ends at 0: that of the z by which both Wilson intervals touch it."""

    def holds_0(z: float) -> bool:
        (a, m), (b, n) = ((right / samples, samples) for right, samples in (first, second))
        (low_a, high_a), (low_b, high_b) = wilson(a, m, z), wilson(b, n, z)
        apart = math.hypot(b - low_b, high_a - a) if b > a else math.hypot(high_b - b, a - low_a)
        return apart >= abs(b - a)

    low, high = 0.0, 1.0
    while not holds_0(high) and high < 40:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if holds_0(middle) else (middle, high)
    return math.erfc(high / math.sqrt(2))


def t_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float] | None:
    """The interval of a mean over seeds: mean +- t s / sqrt(n), n - 1 degrees of freedom; None of fewer than two.

    Source:  Student, "The probable error of a mean", 1908.
    """
    if len(values) < 2:
        return None
    mean = statistics.fmean(values)
    half = t_quantile(confidence, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return mean - half, mean + half


def paired_t(first: Sequence[float], second: Sequence[float], *, of: str = "seed") -> Difference:
    """Figures that belong together one by one: those of the same seed, or of the same picture.

    t = mean(d) / (s(d) / sqrt(n)), d = second - first, n - 1 degrees of freedom

    Where all differences are equal there is no spread to go by: then the sign test, p = 2 / 2^n.
    """
    apart = [b - a for a, b in zip(first, second, strict=True)]
    method = f"paired t test by {of}"
    if len(apart) < 2:
        return Difference(value=apart[0] if apart else None, method=method, note=f"needs two {of}s at least")
    mean, spread, count = statistics.fmean(apart), statistics.stdev(apart), len(apart)
    if spread <= 1e-12 * max(1.0, abs(mean)):  # rounding leaves a little of equal ones
        p = 1.0 if abs(mean) <= 1e-12 else min(1.0, 2 * 0.5**count)
        note = f"every {of} differs by as much, so there is no spread to go by: the sign test instead"
        return Difference(value=mean, interval=None, p=p, method=f"sign test by {of}", note=note)
    p = t_beyond(mean / (spread / math.sqrt(count)), count - 1)
    return Difference(value=mean, interval=t_interval(apart), p=p, method=method)


def welch(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Figures over seeds that do not belong together, and may spread differently.

    t = (m2 - m1) / sqrt(v1 + v2), v = s^2 / n;  degrees of freedom = (v1 + v2)^2 / (v1^2 / (n1 - 1) + v2^2 / (n2 - 1))

    Source:  Welch, "The generalization of Student's problem when several different population variances are
    involved", 1947.
    """
    method = "Welch's t test"
    if min(len(first), len(second)) < 1:
        return Difference(value=None, method=method, note="needs two runs of each at least")
    value = statistics.fmean(second) - statistics.fmean(first)
    if min(len(first), len(second)) < 2:
        return Difference(value=value, method=method, note="needs two runs of each at least, of different seeds")
    parts = [(statistics.variance(values) / len(values), len(values) - 1) for values in (first, second)]
    total = sum(variance for variance, _ in parts)
    if total <= 1e-24:
        note = "no run differs from the others of its group, so there is no spread to go by"
        return Difference(value=value, p=1.0 if abs(value) <= 1e-12 else None, method=method, note=note)
    freedom = total**2 / sum(variance**2 / least for variance, least in parts)
    half = t_quantile(0.95, freedom) * math.sqrt(total)
    p = t_beyond(value / math.sqrt(total), freedom)
    return Difference(value=value, interval=(value - half, value + half), p=p, method=method)
