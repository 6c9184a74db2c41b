"""Measured values as pages and terminals show them."""

import math

from nnlab.claims.reading import Interval, Reading


def number(value: float, unit: str) -> str:
    """One value in its unit: 98.4%, 3.18 s, 148 MiB, 9.6e-08"""
    if unit == "share":
        return f"{100 * value:.1f}%"
    if unit == "seconds":
        return f"{value:.3g} s" if value < 100 else f"{value:.0f} s"
    if unit == "MiB":
        return f"{value:.0f} MiB"
    if float(value).is_integer() and abs(value) < 1e7:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 0.01 else f"{value:.4g}"


def shown(reading: Reading) -> str:
    """A reading: over several seeds mean and standard deviation, of facts their range; bytes by their first digits."""
    texts = [value for value in reading.each.values() if isinstance(value, str)]
    if texts:
        return ", ".join(dict.fromkeys(text[:8] for text in texts))
    mean, numbers = reading.mean, list(reading.numbers.values())
    if mean is None:
        return _partly(reading)
    if reading.kind == "fact" and len(numbers) > 1:
        low, high = (number(end, reading.unit) for end in (min(numbers), max(numbers)))
        return low if low == high else f"{low} to {high}"
    spread = reading.spread if reading.kind == "reported" else reading.deviation
    if not spread and reading.deviation is None:
        return number(mean, reading.unit)
    return _with_spread(mean, spread or 0.0, reading.unit)


def _partly(reading: Reading) -> str:
    """Where some runs have no such figure."""
    numbers = list(reading.numbers.values())
    if not numbers:
        return "none"
    ends = dict.fromkeys(number(end, reading.unit) for end in (min(numbers), max(numbers)))
    return f"{' to '.join(ends)}, or none"


def _with_spread(mean: float, spread: float, unit: str) -> str:
    """Both with as many digits: the spread with two that say something."""
    if unit == "share":
        return f"{100 * mean:.1f} ± {100 * spread:.1f}%"
    name = {"seconds": " s", "MiB": " MiB"}.get(unit, "")
    if spread and 1e-4 <= spread < 1e5:
        digits = max(0, 1 - math.floor(math.log10(spread)))
        return f"{mean:,.{digits}f} ± {spread:,.{digits}f}{name}"
    return f"{number(mean, '')} ± {number(spread, '')}{name}"


def shown_between(bounds: Interval, unit: str, *, difference: bool = False) -> str:
    """An interval; of a difference of shares in points."""
    low, high = bounds
    if unit == "share":
        ends = [f"{100 * end:+.1f}" if difference else f"{100 * end:.1f}" for end in bounds]
        name = " points" if difference else "%"
        return f"{ends[0]}{name}" if low == high else f"{ends[0]} to {ends[1]}{name}"
    texts = [number(end, unit) for end in bounds]
    return texts[0] if low == high else f"{texts[0]} to {texts[1]}"
