"""What is told of a picture that was explained, without its pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.explainers.base import Explainer, Explanation
from nnlab.explainers.randomised import Likeness

ENOUGH = 1 << 20
"""Places of a map that are counted."""


@dataclass(frozen=True)
class Shown:
    """Where a map is strong, in the photo's own pixels.

    Options:  at: x and y of its strongest place.  half: the share of the photo that holds half of what speaks for the
              score; None where nothing does.  largest: the largest number, without its sign.
    """

    at: tuple[int, int]
    half: float | None
    largest: float

    @classmethod
    def of(cls, weights: Array) -> "Shown":
        """Of a map.  Shapes:  weights: (height, width)"""
        y, x = np.unravel_index(int(weights.argmax()), weights.shape)
        step = max(1, int(np.sqrt(weights.size / ENOUGH)))  # every so many of a large photo's say the same
        speaks = np.sort(np.maximum(weights[::step, ::step], 0).ravel())[::-1].astype(np.float64)
        sums = np.cumsum(speaks)
        half = float((np.searchsorted(sums, sums[-1] / 2) + 1) / speaks.size) if sums[-1] > 0 else None
        return cls((int(x), int(y)), half, float(np.abs(weights).max()))

    @property
    def words(self) -> str:
        """In a line."""
        if self.half is None:
            return "nothing speaks for it here"
        return f"strongest at ({self.at[0]}, {self.at[1]}), half of it in {self.half:.1%} of the picture"


@dataclass(frozen=True)
class Method:
    """What one method said of a picture.

    Options:  likeness: to the maps of random weights; None where it was not asked.  cascade: the same with more and
              more nodes drawn anew, from the last.  files: what was written, by kind.
    """

    explainer: Explainer
    explanation: Explanation
    shown: Shown
    likeness: Likeness | None = None
    cascade: tuple[tuple[str, Likeness], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As --method takes it."""
        return type(self.explainer).__name__

    def record(self) -> dict[str, Any]:
        """For a JSON document."""
        return {
            "method": self.name,
            "options": self.explainer.options(),
            **self.explanation.facts,
            "signed": self.explainer.signed,
            "strongest_at": list(self.shown.at),
            "half_in_share": self.shown.half,
            "largest": self.shown.largest,
            "random_weights": None if self.likeness is None else _record(self.likeness),
            **({"cascade": [{"node": node, **_record(like)} for node, like in self.cascade]} if self.cascade else {}),
            **self.files,
        }


def _record(likeness: Likeness) -> dict[str, float]:
    return {"rank_correlation": likeness.correlation, "ssim": likeness.similarity}


@dataclass(frozen=True)
class Row:
    """What is told of a picture.

    Options:  answer: what the run says of it, and its probability; of a regression the value that is explained.
              explained: the class, or value, that was asked about.  score: its score.  error: why there is none of it.
    """

    source: str
    seconds: float
    answer: str | None = None
    explained: str | None = None
    score: float | None = None
    probability: float | None = None
    methods: tuple[Method, ...] = ()
    error: str | None = None
    starved: bool = False

    def record(self) -> dict[str, Any]:
        """For a JSON document."""
        return {
            "source": self.source,
            "answer": self.answer,
            "explained": self.explained,
            "score": self.score,
            "probability": self.probability,
            "seconds": self.seconds,
            "methods": [method.record() for method in self.methods],
        }
