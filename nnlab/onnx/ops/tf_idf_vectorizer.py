"""TfIdfVectorizer."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator, Values


@OPERATORS.register("TfIdfVectorizer", since=9)
@dataclass(frozen=True, kw_only=True, eq=False)
class TfIdfVectorizer(Operator):
    """How often each n-gram of a pool appears in a row of tokens, weighted.

    Tokens of an n-gram lie 1 to max_skip_count + 1 places apart, all at the same distance.

    TF: the count.  IDF: the weight where there is any.  TFIDF: count times weight.

    Shapes:  x: (tokens,) or (rows, tokens); y: (rows,) x max(ngram_indexes) + 1
    Options:  ngram_counts: where in the pool the 1-grams, 2-grams, ... begin.
              ngram_indexes: by n-gram, its place in y.
    """

    max_gram_length: int
    max_skip_count: int
    min_gram_length: int
    mode: str
    ngram_counts: tuple[int, ...]
    ngram_indexes: tuple[int, ...]
    pool_int64s: tuple[int, ...] = ()
    pool_strings: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()

    def forward(self, x: Array) -> Array:
        """y"""
        places = self.places()
        size = max(self.ngram_indexes, default=-1) + 1
        rows = x if x.ndim == 2 else x[None]
        counts = np.array([self.counts(row.tolist(), places, size) for row in rows], np.float32)
        y = counts.reshape((len(rows), size) if x.ndim == 2 else (size,))
        if self.mode == "TF":
            return y
        weights = np.ones(size, np.float32)
        if self.weights:
            weights[list(self.ngram_indexes)] = self.weights
        return y * weights if self.mode == "TFIDF" else (y > 0) * weights

    def places(self) -> Mapping[tuple[Any, ...], int]:
        """By n-gram, its place in y."""
        pool: tuple[Any, ...] = self.pool_int64s or self.pool_strings
        starts = (0, *self.ngram_counts, len(pool))
        if any(begin > end for begin, end in pairwise(starts)):
            what = f"ngram_counts {list(self.ngram_counts[:8])} do not rise from 0 to {len(pool)}, the size of the pool"
            raise DataError(what)
        if min(self.ngram_indexes, default=0) < 0:
            raise DataError("ngram_indexes hold a number below 0")
        ends = (*self.ngram_counts[1:], len(pool))
        grams = [
            pool[at : at + length]
            for length, (begin, end) in enumerate(zip(self.ngram_counts, ends, strict=True), start=1)
            for at in range(begin, end, length)
        ]
        return dict(zip(grams, self.ngram_indexes, strict=True))

    def counts(self, tokens: list[Any], places: Mapping[tuple[Any, ...], int], size: int) -> list[int]:
        """How often each n-gram appears in one row."""
        counts = [0] * size
        longest = min(self.max_gram_length, len(tokens), len(self.ngram_counts))  # others are in no text or in no pool
        for length in range(max(1, self.min_gram_length), longest + 1):
            for apart in range(1, min(self.max_skip_count + 2, len(tokens) + 1) if length > 1 else 2):
                for begin in range(len(tokens) - apart * (length - 1)):
                    place = places.get(tuple(tokens[begin : begin + apart * (length - 1) + 1 : apart]))
                    if place is not None:
                        counts[place] += 1
        return counts

    def most_elements(self, inputs: Values) -> float:
        """A number for every n-gram, for each row; counted in Python's own numbers first."""
        return 4 * (max(self.ngram_indexes, default=0) + 1) * (int(inputs[0].shape[0]) if inputs[0].ndim == 2 else 1)
