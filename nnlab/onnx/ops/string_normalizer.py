"""StringNormalizer."""

import unicodedata
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("StringNormalizer", since=10)
@dataclass(frozen=True, kw_only=True, eq=False)
class StringNormalizer(Operator):
    """Texts without their accents and stop words, in upper or lower case.

    Words are what lies between blanks. Texts of which nothing is left go; if all do, one empty text stays.

    Shapes:  x: (texts,) or (1, texts); y: the same with fewer
    Options:  locale: not looked at; case is changed as Unicode has it.
    """

    case_change_action: str = "NONE"
    is_case_sensitive: int = 0
    locale: str = ""
    stopwords: tuple[str, ...] = ()

    def forward(self, x: Array) -> Array:
        """y"""
        texts = [text for text in map(self.normalised, x.reshape(-1)) if text] or [""]
        return np.array(texts, object).reshape((1, -1) if x.ndim == 2 else -1)

    def normalised(self, text: str) -> str:
        """One text."""
        if not text.isascii():
            text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        same = str if self.is_case_sensitive else str.casefold
        stopwords = {same(word) for word in self.stopwords}
        kept = " ".join(word for word in text.split(" ") if same(word) not in stopwords) if stopwords else text
        return {"LOWER": str.lower, "UPPER": str.upper}.get(self.case_change_action, str)(kept)
