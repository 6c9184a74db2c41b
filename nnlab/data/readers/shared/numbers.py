"""Numbers as people write them into tables and files, and what is wrong with them."""

import math
from collections.abc import Sequence

from nnlab.core.printing import printable


def number_of(text: str) -> float | None:
    """The number that a text is, perhaps no finite one; None where it is none."""
    try:
        return float(text.replace("_", "?"))  # float("1_000") is Python's own
    except ValueError:
        return None


def numbers_of(texts: Sequence[str | None], names: Sequence[str]) -> list[float]:
    """All of them, perhaps not finite.  Raises ValueError: of the first that is none what is wrong with it."""
    found: list[float] = []
    for name, text in zip(names, texts, strict=True):
        if not text:
            raise ValueError(f"{name} is missing or empty")
        if (number := number_of(text)) is None:
            raise ValueError(f"{name} is {printable(text)!r}, which is no number")
        found.append(number)
    return found


def finite(name: str, text: str, advice: str = "") -> float:
    """The number of a cell.  Options:  name: of its column.  advice: what to do where it is not finite.

    Raises:  ValueError: what is wrong with it.
    """
    number = number_of(text)
    if number is None:
        raise ValueError(f"{name} " + (f"is {printable(text)!r}, which is no number" if text else "is empty"))
    if not math.isfinite(number):
        raise ValueError(f"{name} is {printable(text)}, which is no finite number{advice}")
    return number
