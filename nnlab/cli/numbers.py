"""Numbers of a command's own flags: one, several with commas between, ranges."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one

MOST = 200
"""Numbers that a list may have."""


class Numbers:
    """Reads the numbers of a command's flags; what cannot be is kept, to be said all at once.

    Options:  said: the flags by name, as texts.
    """

    def __init__(self, said: Mapping[str, Any]):
        self._said, self.mistakes = said, list[NnlabError]()

    def number(self, name: str, default: float, *, low: float = -math.inf, high: float = math.inf) -> float:
        """One number from low to high."""
        return self._in_range(name, self._said.get(name), default, low, high)

    def whole(self, name: str, default: int, *, low: int = 1, high: int = 1_000_000) -> int:
        """One whole number from low to high."""
        text = self._said.get(name)
        if text is not None and not _is_whole(str(text)):
            return int(self._wrong(name, f"must be a whole number of at least {low}, got {text!r}", default))
        return int(self._in_range(name, text, default, low, high))

    def pair(self, name: str, default: tuple[float, float], *, low: float, high: float) -> tuple[float, float]:
        """Two numbers, the lower one first."""
        text = self._said.get(name)
        if text is None:
            return default
        words = str(text).split(",")
        numbers = [self._in_range(name, word, math.nan, low, high) for word in words]
        if len(numbers) != 2 or (numbers[0] > numbers[1]):
            self._wrong(name, f"must be two numbers, LOW,HIGH, got {text!r}", math.nan)
            return default
        return numbers[0], numbers[1]

    def list(self, name: str, default: str, *, low: float = -math.inf, high: float = math.inf) -> list[str]:
        """Several numbers as they were written, each once; 0..4 for all from 0 to 4, 0.5..2:0.25 by steps of 0.25."""
        text = str(self._said.get(name, default))
        found: list[str] = []
        for word in text.split(","):
            try:
                words = list(_range(word.strip()))
            except ValueError as error:
                self._wrong(name, f"{error}, in {text!r}", math.nan)
                continue
            for number in words:
                if math.isnan(self._in_range(name, number, math.nan, low, high)):
                    continue
                if number in found:
                    self._wrong(name, f"has {number} twice", math.nan)
                found.append(number)
        return found

    def refuse(self, more: Iterable[NnlabError] = ()) -> None:
        """Raises UsageError or Mistakes: everything that was wrong."""
        if mistakes := [*self.mistakes, *more]:
            raise as_one(mistakes)

    def _in_range(self, name: str, text: Any, default: float, low: float, high: float) -> float:
        if text is None:
            return default
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and low <= number <= high:
            return number
        most = f" to {high:g}" if high < math.inf else " and more"
        between = f" from {low:g}{most}" if low > -math.inf else ""
        return self._wrong(name, f"must be a number{between}, got {str(text)!r}", default)

    def _wrong(self, name: str, what: str, default: float) -> float:
        self.mistakes.append(UsageError(what, where=f"--{name.replace('_', '-')}"))
        return default


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _range(word: str) -> Iterator[str]:
    """The numbers that a word stands for. Raises ValueError: for none."""
    ends, _, step = word.partition(":")
    first, dots, last = ends.partition("..")
    if not dots:
        if not word:
            raise ValueError("a number is missing")
        if step:
            raise ValueError(f"{word!r} is no range")
        yield word
        return
    whole = _is_whole(first) and _is_whole(last)
    try:
        low, high, by = float(first), float(last), float(step or (1 if whole else 0.25))
    except ValueError:
        raise ValueError(f"{word!r} is no range of numbers, such as 0..4 or 0.5..2:0.25") from None
    if not (math.isfinite(low) and math.isfinite(high) and by > 0 and low <= high and (high - low) / by < MOST):
        raise ValueError(f"{word!r} is no range from a lower to a higher number, of at most {MOST}")
    for place in range(int((high - low) / by + 1e-9) + 1):  # 1e-9: 0.75 to 2 by 0.05 has its end
        number = low + place * by
        text = f"{number:.6g}"
        yield text if "." in text or (whole and number == int(number)) else f"{number:.1f}"
