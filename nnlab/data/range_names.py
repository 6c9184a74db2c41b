"""The ranges that --input-scaling knows by name; `range` is whatever --input-range says."""

Range = tuple[float, float]

RANGES: dict[str, Range] = {"0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)}
"""What black and white become, by name."""


def range_name(ends: Range) -> str:
    """The name that a run keeps for a range: its own, or `range` where it has none."""
    return next((name for name, named in RANGES.items() if named == tuple(ends)), "range")


def scaled_to(scaling: str, ends: Range) -> tuple[Range, str | None]:
    """What black and white become by a scaling and a range that are asked for together, and why they cannot be.

    Options:  scaling: "0..1", and ends: 0 to 1, where nobody asked.
    """
    asked = tuple(ends) != (0.0, 1.0)
    named = RANGES.get(scaling)
    if named is not None and not asked:
        return named, None
    if asked and scaling not in ("range", "0..1") and tuple(ends) != named:
        return ends, f"counts with --input-scaling=range alone, not with {scaling}"
    return ends, None
