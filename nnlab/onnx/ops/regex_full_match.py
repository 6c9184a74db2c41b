"""RegexFullMatch."""

import re
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("RegexFullMatch", since=20)
@dataclass(frozen=True, kw_only=True, eq=False)
class RegexFullMatch(Operator):
    """Whether a pattern fits the whole of each text.

    ONNX means the patterns of RE2. Python's are a superset, but for their speed: RE2 has no pattern that takes
    forever, so patterns that repeat what repeats, or that refer back, are refused.
    """

    pattern: str = ""

    def forward(self, x: Array) -> Array:
        """y, bool"""
        if re.search(r"[*+}]\)?[*+{]|[*+}][^()]*\)[*+{]|\\[1-9]|\(\?[=!<P][=!]", self.pattern):
            raise DataError(f"the pattern {self.pattern!r} can take forever")
        try:
            compiled = re.compile(self.pattern)
        except re.error as error:
            raise DataError(f"{self.pattern!r} is not a pattern ({error})") from None
        fits = [compiled.fullmatch(text) is not None for text in x.reshape(-1)]
        return np.array(fits, bool).reshape(x.shape)
