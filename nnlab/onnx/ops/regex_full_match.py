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

    ONNX means the patterns of RE2, which match in linear time. Python's backtrack: those that could take forever
    (alternatives or repetitions inside of repetitions; many of them, on a long text) are refused, and what RE2 does not
    have.
    """

    pattern: str = ""

    def forward(self, x: Array) -> Array:
        """y, bool"""
        try:
            tree = importlib.import_module("re._parser").parse(self.pattern)
            compiled = re.compile(self.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise DataError(f"{self.pattern!r} is not a pattern ({error})") from None
        if _backtracks(tree, repeated=False):
            raise DataError(f"the pattern {self.pattern!r} could take forever, or is none of RE2's")
        longest = max((len(text) for text in x.reshape(-1)), default=0)
        if _attempts(self.pattern, longest) > MOST_ATTEMPTS:
            raise DataError(f"the pattern {self.pattern[:80]!r} could take forever on a text of {longest:,} letters")
        fits = [compiled.fullmatch(text) is not None for text in x.reshape(-1)]
        return np.array(fits, bool).reshape(x.shape)


def _attempts(pattern: str, length: int) -> float:
    """At most so many ways to try a text: each repeat ends anywhere in it, each option is there or not."""
    repeats, options = (sum(pattern.count(sign) for sign in signs) for signs in ("*+{", "?|"))
    return float((length + 1.0) ** min(repeats, 30) * 2.0 ** min(options, 500))


def _backtracks(tree: Iterable[tuple[Any, Any]], *, repeated: bool) -> bool:
    """Whether there is more than one way to take a text apart at every one of many places."""
    for kind, what in tree:
        name = str(kind)
        if name in UNKNOWN_TO_RE2 or (name == "BRANCH" and repeated):
            return True
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            low, high, body = what
            if (repeated and low != high) or _backtracks(body, repeated=repeated or high > 1):
                return True
        inner = what[1] if name == "BRANCH" else [what[-1]] if name == "SUBPATTERN" else []
        if any(_backtracks(body, repeated=repeated) for body in inner):
            return True
    return False
