"""Student's t and the binomial distribution, both through one function: the regularised incomplete beta."""

import math
from collections.abc import Callable

TERMS = 100_000
"""Of the continued fraction at most; it takes some sqrt(max(a, b))."""


def incomplete_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b): the share of a beta distribution that lies below x.

    I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) / (1 + d1 / (1 + d2 / (1 + ...)))
    d_2m = m (b - m) x / ((a + 2m - 1)(a + 2m));  d_2m+1 = -(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1))

    Source:  Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.5.8; Lentz's way to sum it up.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # there the fraction of the other side is the quick one
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    log_front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(log_front) / (a * _fraction(a, b, x))


def _fraction(a: float, b: float, x: float) -> float:
    """1 + d1 / (1 + d2 / (1 + ...)), by the ratios of its numerators and of its denominators."""
    tiny = 1e-300
    value = up = 1.0
    down = 0.0
    for place in range(1, TERMS):
        m = place // 2
        if place % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        down = 1.0 / ((1.0 + d * down) or tiny)
        up = (1.0 + d / up) or tiny
        value *= up * down
        if abs(up * down - 1.0) < 1e-15:
            break
    return value


def t_beyond(t: float, freedom: float) -> float:
    """How often a Student's t of so many degrees of freedom is as far from 0 as this, on either side.

    p = I_(n / (n + t^2))(n / 2, 1 / 2)
    """
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def t_quantile(confidence: float, freedom: float) -> float:
    """The t within which that share of the distribution lies: 0.95 and 10 degrees of freedom give 2.228."""
    most = 1.0
    while t_beyond(most, freedom) > 1 - confidence:
        most *= 2
    return _root(lambda t: (1 - confidence) - t_beyond(t, freedom), 0.0, most)


def binomial_below(most: int, draws: int, share: float) -> float:
    """How often at most so many of some draws hit: P(X <= k) = I_(1 - p)(n - k, k + 1)"""
    if most >= draws:
        return 1.0
    return 0.0 if most < 0 else incomplete_beta(draws - most, most + 1, 1.0 - share)


def clopper_pearson(hits: int, draws: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share: those shares of which neither so few hits nor so many would be rarer than
    (1 - confidence) / 2.

    Source:  Clopper and Pearson, "The use of confidence or fiducial limits", 1934.
    """
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _root(lambda p: 1 - binomial_below(hits - 1, draws, p) - tail, 0.0, 1.0)
    high = 1.0 if hits == draws else _root(lambda p: tail - binomial_below(hits, draws, p), 0.0, 1.0)
    return low, high


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises is 0, by halving: to the last bits."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2
