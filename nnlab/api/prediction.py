"""What a run says of pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np

from nnlab.core.notebook import shown, table
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.onnx.inference.answer import Answer

LISTED = 5
"""How many classes, or pictures, are shown."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a run says of one picture.

    Options:  label: the likeliest class; None where none is, as of a regression.  confidence: its probability.
              classes: all of them.  values: numbers by name, of a regression.
              truth: an answer of any other kind (boxes, points), in the picture's pixels.  source: the picture's file.
              problem: why there is no answer to trust; None where there is one.
    Shapes:   probabilities: (classes,), in their order; None where there are none.  mask, class_map: (height, width)
    """

    label: str | None = None
    confidence: float | None = None
    probabilities: Array | None = None
    classes: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    mask: Array | None = None
    class_map: Array | None = None
    truth: Truth | None = None
    source: str | None = None
    problem: str | None = None

    @classmethod
    def of(cls, answer: Answer, names: tuple[str, ...], source: str | None) -> "Prediction":
        """A network's answer. Options:  names: of the classes, or of the numbers."""
        shares = answer.probabilities
        label, confidence = (None, None) if answer.problem is not None else _likeliest(answer, names)
        return cls(
            label=label,
            confidence=confidence,
            probabilities=shares,
            classes=() if answer.values else names,
            values=answer.values,
            mask=answer.mask,
            class_map=answer.class_map,
            truth=answer.truth,
            source=source,
            problem=answer.problem,
        )

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """Every class and its probability, the likeliest first."""
        if self.probabilities is None:
            return []
        order = np.argsort(-self.probabilities, kind="stable")
        return [(self.classes[place], float(self.probabilities[place])) for place in order]

    @property
    def said(self) -> str:
        """In a few words: "cat 97%", "angle 12.5"."""
        if self.problem is not None:
            return self.problem
        if self.label is not None:
            return self.label if self.confidence is None else f"{self.label} {self.confidence:.1%}"
        if self.values:
            return ", ".join(f"{name} {value:.4g}" for name, value in self.values.items())
        if self.truth is not None:
            from nnlab.tracking.files import plain
            from nnlab.tracking.predictions import in_words, told

            return in_words(plain(told(self.truth, self.classes)))
        return "a mask" if self.mask is not None else "a map of classes"

    def __repr__(self) -> str:
        of = f", {self.source}" if self.source else ""
        return f"Prediction({self.said}{of})"

    def _repr_html_(self) -> str:
        """The likeliest classes, as a notebook shows them."""
        rows = [(name, f"{share:.1%}") for name, share in self.ranking[:LISTED]]
        return shown(self.said, table(("class", "probability"), rows) if rows else "", note=self.source or "")


@dataclass(frozen=True, eq=False)
class Predictions(Sequence[Prediction]):
    """What a run says of several pictures, in their order: one by one, or as arrays."""

    items: tuple[Prediction, ...]

    @property
    def labels(self) -> Array:
        """The likeliest class of each.  Shapes:  result: (pictures,)"""
        return np.array([each.label for each in self.items])

    @property
    def confidences(self) -> Array:
        """The probability of it; NaN where there is none.  Shapes:  result: (pictures,)"""
        return np.array([np.nan if each.confidence is None else each.confidence for each in self.items])

    @property
    def probabilities(self) -> Array:
        """Of each class, in their order.  Shapes:  result: (pictures, classes)"""
        return _rows([each.probabilities for each in self.items if each.probabilities is not None])

    @property
    def values(self) -> Array:
        """The numbers of a regression.  Shapes:  result: (pictures, values)"""
        return _rows([np.array(list(each.values.values())) for each in self.items])

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.items[0].classes if self.items else ()

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self.items)

    @overload
    def __getitem__(self, place: int) -> Prediction: ...
    @overload
    def __getitem__(self, place: slice) -> "Predictions": ...
    def __getitem__(self, place: int | slice) -> "Prediction | Predictions":
        return Predictions(self.items[place]) if isinstance(place, slice) else self.items[place]

    def __repr__(self) -> str:
        some = ", ".join(each.said for each in self.items[:LISTED])
        return f"Predictions({len(self)}: {some}{', ...' if len(self) > LISTED else ''})"

    def _repr_html_(self) -> str:
        """The first of them, as a notebook shows them."""
        rows = [(each.source or str(place), each.said) for place, each in enumerate(self.items[: 2 * LISTED])]
        more = f"the first {2 * LISTED} of {len(self)}" if len(self) > 2 * LISTED else ""
        return shown(f"{len(self)} predictions", table(("picture", "answer"), rows, words=2), note=more)


def _likeliest(answer: Answer, names: tuple[str, ...]) -> tuple[str | None, float | None]:
    """A class and its probability, as far as they are known."""
    if answer.probabilities is not None:
        best = int(answer.probabilities.argmax())
        return names[best], float(answer.probabilities[best])
    for label, share in answer.ranking[:1]:  # of a task that decides without scores
        return label if isinstance(label, str) else names[label], share
    return None, None


def _rows(rows: Sequence[Array]) -> Array:
    return np.stack(rows) if rows else np.empty((0, 0))
