"""The factors that a search tries, as they are written: alpha,beta,gamma:alpha,beta,gamma."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.models.growth import Factors, Seed, solved

ALONE = "alone"
"""Depth, width and resolution by themselves, each solved for, so that what rounding leaves costs as much."""

LOW, HIGH = 1.0, 10.0


@dataclass(frozen=True)
class Point:
    """Factors, and how they were written: the name of a cell."""

    name: str
    factors: Factors


def grid_of(text: str, target: float, tolerance: float) -> list[Point]:
    """The points of a grid.

    Raises:  UsageError or Mistakes: what is no point, comes twice, has a factor below 1; and a grid none of whose
             products is within the tolerance of the target.
    """
    points, mistakes = list[Point](), list[NnlabError]()
    for word in text.split(":"):
        try:
            point = _point(word.strip())
        except ValueError as error:
            hint = "write alpha,beta,gamma, such as 1.2,1.1,1.15"
            mistakes.append(UsageError(f"{word.strip()!r} {error}", where="--grid", hint=hint))
            continue
        if any(point.factors == other.factors for other in points):
            mistakes.append(UsageError(f"has {point.name} twice", where="--grid", hint="leave one of them out"))
            continue
        points.append(point)
    if not mistakes:
        mistakes += _off(points, target, tolerance)
    if mistakes:
        raise as_one(mistakes)
    return points


def alone(seed: Seed, target: float) -> tuple[list[Point], list[str]]:
    """A point for each factor by itself, and a line for each that cannot make the network cost as much.

    Raises:  UsageError: none can, or pictures are too small for the network.
    """
    seed.cost(Factors(1, 1, 1), 0)  # raises for pictures that are too small for the network as it is
    points, notes = [], []
    for name in ("alpha", "beta", "gamma"):
        try:
            factors = solved(name, seed, Factors(1, 1, 1), target=target)
        except UsageError as error:
            notes.append(f"{name} alone is left out: it {error.what}")
            continue
        numbers = (factors.alpha, factors.beta, factors.gamma)
        points.append(Point(",".join(f"{number:g}" for number in numbers), factors))
    if not points:
        raise UsageError(f"no factor alone makes it cost {target:g} times", where="--grid", hint="change --target")
    return points, notes


def _point(word: str) -> Point:
    """Raises ValueError: in words, why it is none."""
    try:
        numbers = [float(part) for part in word.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not all(map(math.isfinite, numbers)):
        raise ValueError("is no point")
    if not all(LOW <= number <= HIGH for number in numbers):
        raise ValueError(f"has a factor that is not from {LOW:g} to {HIGH:g}")
    return Point(",".join(f"{number:g}" for number in numbers), Factors(*numbers))


def _off(points: Sequence[Point], target: float, tolerance: float) -> list[UsageError]:
    """Where no product is near the target."""
    products = [point.factors.product for point in points]
    if any(abs(product / target - 1) <= tolerance for product in products):
        return []
    said = ", ".join(f"{point.name}: {product:.3f}" for point, product in zip(points, products, strict=True))
    what = f"no product alpha beta^2 gamma^2 is within {tolerance:.0%} of {target:g} ({said})"
    return [UsageError(what, where="--grid", hint="change the factors, or --target")]
