"""Between which bounds the difference of two values lies, by the statistics that `nnlab report` uses."""

import math
from collections.abc import Sequence

from nnlab.claims.reading import Interval, Reading
from nnlab.metrics.significance import Difference, mcnemar, paired_t, two_shares, welch

Bounds = tuple[Interval | None, str]
"""Between which two numbers, None where chance leaves it open; and by which method, in words."""

ONE_RUN = "one run: no spread is known; train with --training-times=3 or more"


def apart(one: Reading, other: Reading) -> Bounds:
    """The first less the second."""
    shared = [seeds for seeds in one.numbers if seeds in other.numbers]
    fewest = min(len(one.numbers), len(other.numbers))
    if one.mean is None or other.mean is None:
        return None, "some runs have no such figure"
    if one.kind == other.kind == "fact":
        if shared and len(shared) == fewest:
            differences = [one.numbers[seeds] - other.numbers[seeds] for seeds in shared]
            return (min(differences), max(differences)), "as they are, seed by seed"
        (low, high), (low_2, high_2) = _range(one), _range(other)
        return (low - high_2, high - low_2), "as they are"
    if one.kind == "reported" or other.kind == "reported":
        return by_intervals(one.mean, one.interval, other.mean, other.interval)
    if fewest == 1:
        return _of_single(one, other, shared)
    left, right = one.numbers, other.numbers
    if shared and len(shared) == fewest:
        return _known(paired_t([right[seeds] for seeds in shared], [left[seeds] for seeds in shared]))
    return _known(welch(list(right.values()), list(left.values())))


def ratio(one: Reading, other: Reading) -> Bounds:
    """The first divided by the second: over several seeds by the logarithms, paired."""
    values = [*one.numbers.values(), *other.numbers.values()]
    if one.mean is None or other.mean is None or min(values) <= 0:
        return None, "a quotient is of numbers above 0"
    point = one.mean / other.mean
    if "reported" in (one.kind, other.kind) or one.kind == other.kind == "fact":
        if one.interval is None or other.interval is None:
            return None, ONE_RUN
        spread = math.hypot(_half(one) / one.mean, _half(other) / other.mean)
        return (point * (1 - spread), point * (1 + spread)), "by the interval of each"
    shared = [seeds for seeds in one.numbers if seeds in other.numbers]
    if len(shared) < 2:
        return None, ONE_RUN
    logs = [[math.log(each.numbers[seeds]) for seeds in shared] for each in (other, one)]
    bounds, method = _known(paired_t(*logs))
    return None if bounds is None else (math.exp(bounds[0]), math.exp(bounds[1])), f"{method}, of logarithms"


def by_intervals(value: float, own: Interval | None, other: float, others: Interval | None) -> Bounds:
    """Of two values that have nothing to do with one another, by the interval of each.

    low = difference - sqrt((value - low1)^2 + (high2 - other)^2); high likewise

    Source:  Newcombe, "Interval estimation for the difference between independent proportions", 1998, method 10.
    """
    if own is None or others is None:
        return None, ONE_RUN
    low = value - other - math.hypot(value - own[0], others[1] - other)
    high = value - other + math.hypot(own[1] - value, other - others[0])
    return (low, high), "by the interval of each"


def _of_single(one: Reading, other: Reading, shared: Sequence[str]) -> Bounds:
    """One run of at least one of them: by the same samples, else by two shares."""
    if shared:
        pair = [(each.right.get(shared[0]), each.pictures.get(shared[0])) for each in (other, one)]
        if all(right for right, _ in pair) and pair[0][1] == pair[1][1]:
            first, second = (int(right or "0", 16) for right, _ in pair)
            lost, won = (first & ~second).bit_count(), (second & ~first).bit_count()
            return _known(mcnemar(lost, won, one.n or 1))
    if one.unit == other.unit == "share" and one.n and other.n and len(one.each) == len(other.each) == 1:
        counts = [(round((each.mean or 0.0) * (each.n or 1)), each.n or 1) for each in (other, one)]
        return _known(two_shares(counts[0], counts[1]))
    return None, ONE_RUN


def _known(found: Difference) -> Bounds:
    """Where all seeds differ by as much there is no interval: the value itself, where chance seldom gives as much."""
    if found.interval is None and found.value is not None and found.word() != "cannot tell":
        return (found.value, found.value), found.method
    return found.interval, found.method + (f" ({found.note})" if found.note else "")


def _range(reading: Reading) -> Interval:
    numbers = reading.numbers.values()
    return min(numbers), max(numbers)


def _half(reading: Reading) -> float:
    """Half the width of what is known of a fact or of a reported figure."""
    low, high = reading.interval or (0.0, 0.0)
    return (high - low) / 2
