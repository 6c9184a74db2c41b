"""What is told of a picture that was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.onnx.inference.answer import Answer
from nnlab.onnx.inference.class_maps import Region, named, regions
from nnlab.tracking.files import plain


@dataclass(frozen=True)
class Row:
    """A result without its pixels: what is told of a picture.

    Options:  ranking: the classes and their probabilities, the likeliest first; empty for a mask.
              probabilities: in the order of the labels; None for what is no finite number.  covered: the share of the
              picture that a mask takes.  regions: what each class of a class map takes.
              values: numbers by name, of a regression.  told: an answer of any other kind, as JSON has it.
              error: why there is none of it.
    """

    source: str
    seconds: float
    labels: tuple[str, ...] = ()
    probabilities: list[float | None] | None = None
    ranking: tuple[tuple[str, float | None], ...] = ()
    covered: float | None = None
    regions: tuple[Region, ...] | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    told: Any = None
    output: str | None = None
    error: str | None = None
    read: bool = True

    @property
    def label(self) -> str | None:
        """The likeliest class."""
        return self.ranking[0][0] if self.ranking else None

    @property
    def words(self) -> str:
        """What is told of an answer of another kind, in words."""
        from nnlab.tracking.predictions import in_words

        return "" if self.told is None else in_words(self.told)

    @property
    def confidence(self) -> float | None:
        """Its probability."""
        return self.ranking[0][1] if self.ranking else None


@dataclass(frozen=True, eq=False)
class Result:
    """What came of one picture.

    Options:  error: why it could not be read; None where it could.  labels: of all classes, those of the answer.
              output: the file that was made of it.  seconds: from its bytes to its files.
    """

    source: str
    seconds: float
    answer: Answer | None = None
    labels: tuple[str, ...] = ()
    output: Path | None = None
    error: str | None = None

    @property
    def problem(self) -> str | None:
        """Why there is no answer, or no picture."""
        return self.error or (self.answer.problem if self.answer else None)

    def row(self) -> Row:
        """What is told of it."""
        output = None if self.output is None else str(self.output)
        if self.answer is None:
            return Row(self.source, self.seconds, error=self.error, read=False)
        answer, problem = self.answer, self.answer.problem
        shares = None
        if answer.probabilities is not None:
            shares = [float(share) if np.isfinite(share) else None for share in answer.probabilities]
        if problem is not None:
            return Row(self.source, self.seconds, self.labels, shares, error=problem)
        if answer.values:
            return Row(self.source, self.seconds, values=answer.values, output=output)
        if answer.truth is not None:
            from nnlab.tracking.predictions import told

            said = plain(told(answer.truth, self.labels))
            ranking = self._ranking(answer)
            return Row(self.source, self.seconds, self.labels, ranking=ranking, told=said, output=output)
        if answer.mask is not None:
            return Row(self.source, self.seconds, covered=float((answer.mask >= 128).mean()), output=output)
        if answer.class_map is not None:
            found = regions(answer.class_map, self.labels)
            return Row(self.source, self.seconds, self.labels, regions=found, output=output)
        return Row(self.source, self.seconds, self.labels, shares, self._ranking(answer), output=output)

    def _ranking(self, answer: Answer) -> tuple[tuple[str, float | None], ...]:
        """By probability; the class that the network itself names stands first, whatever its scores say."""
        if answer.probabilities is None:
            return tuple((self._name(label), share) for label, share in answer.ranking)
        shares = [float(share) for share in answer.probabilities]
        order = sorted(range(len(shares)), key=lambda place: -shares[place])
        ranking = [(self.labels[place], shares[place]) for place in order]
        if answer.label is None:
            return tuple(ranking)
        label = self._name(answer.label)
        own = next((pair for pair in ranking if pair[0] == label), (label, None))
        return (own, *(pair for pair in ranking if pair[0] != label))

    def _name(self, label: str | int) -> str:
        return label if isinstance(label, str) else named(self.labels, label)


def labels_of(answer: Answer, known: tuple[str, ...]) -> tuple[str, ...]:
    """The names of an answer's classes: those that are known, those that it brings, else their numbers.

    Raises:  DataError: when there are other ones than are known.
    """
    if answer.values or (answer.truth is not None and not answer.count):
        return known
    count = answer.count if answer.probabilities is None else len(answer.probabilities)
    numbers = [label for label, _ in answer.ranking] + [answer.label]
    least = max((label + 1 for label in numbers if isinstance(label, int)), default=0)
    if known and ((count and len(known) != count) or least > len(known)):
        some = f"{count} {'classes' if answer.probabilities is None else 'probabilities'}"
        some = some if count else f"class {least - 1}"
        names = ", ".join(known[:4]) + (", ..." if len(known) > 4 else "")
        what = f"gives {some}, and {len(known)} {'label is' if len(known) == 1 else 'labels are'} known ({names})"
        raise DataError(what, where="the model", hint="give its own names: --labels=FILE, one in each line")
    return known or answer.classes or tuple(map(str, range(count)))
