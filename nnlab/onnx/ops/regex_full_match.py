"""RegexFullMatch."""

import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator

UNKNOWN_TO_RE2 = {"ASSERT", "ASSERT_NOT", "GROUPREF", "GROUPREF_EXISTS", "ATOMIC_GROUP", "POSSESSIVE_REPEAT"}


MOST_ATTEMPTS = 1e8
"""Python tries some ten million a second."""


@OPERATORS.register("RegexFullMatch", since=20)
@dataclass(frozen=True, kw_only=True, eq=False)
class RegexFullMatch(Operator):
    """Whether a pattern fits the whole of each text.

    ONNX means the patterns of RE2. Python's are a superset, but for their speed: RE2 has no pattern that takes forever.
    So patterns that refer back or look around are refused, those that repeat what repeats or chooses, and a text that is
    too long for as many repeats as the pattern has.
    """

    pattern: str = ""

    def forward(self, x: Array) -> Array:
        """y, bool"""
        if re.search(r"[*+?}][*+{]|\\[1-9]|\(\?[=!<P(]", self.pattern) or _repeats_choices(self.pattern):
            raise DataError(f"the pattern {self.pattern[:80]!r} can take forever")
        try:
            compiled = re.compile(self.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise DataError(f"{self.pattern[:80]!r} is not a pattern ({error})") from None
        longest = max((len(text) for text in x.reshape(-1)), default=0)
        if _attempts(self.pattern, longest) > MOST_ATTEMPTS:
            raise DataError(f"the pattern {self.pattern[:80]!r} can take forever on a text of {longest:,} letters")
        fits = [compiled.fullmatch(text) is not None for text in x.reshape(-1)]
        return np.array(fits, bool).reshape(x.shape)


def _attempts(pattern: str, length: int) -> float:
    """At most so many ways to try a text: each repeat ends anywhere in it, each option is there or not."""
    repeats, options = (sum(pattern.count(sign) for sign in signs) for signs in ("*+{", "?|"))
    return float(min(1e300, (length + 1.0) ** min(repeats, 50) * 2.0 ** min(options, 500)))


def _repeats_choices(pattern: str) -> bool:
    """Whether a group that repeats has a repeat, an option or an alternative in it, however deep."""
    loose = [False]
    for place, sign in enumerate(pattern):
        if place and pattern[place - 1] == "\\":
            continue
        if sign == "(":
            loose.append(False)
        elif sign == ")" and len(loose) > 1:
            inner = loose.pop()
            if inner and pattern[place + 1 : place + 2] in {"*", "+", "{"}:
                return True
            loose[-1] |= inner
        elif sign in "*+{|" or (sign == "?" and pattern[place - 1 : place] != "("):
            loose[-1] = True
    return False
