"""A run scored on labelled pictures, as a program has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.notebook import shown, table
from nnlab.core.types import Array
from nnlab.experiment.evaluation.document import confusion_table, mistakes
from nnlab.experiment.evaluation.evaluate import Evaluation

LISTED = 5
"""How many mistakes a notebook shows."""


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What a run came to on some pictures.

    Options:  evaluation: all of it (nnlab/experiment/evaluation/evaluate.py).
    """

    evaluation: Evaluation

    @property
    def figures(self) -> Mapping[str, float]:
        """The loss, and every figure by its name in files: `figures["accuracy"]`."""
        return {"loss": self.evaluation.score.loss, **self.evaluation.score.figures}

    @property
    def intervals(self) -> Mapping[str, tuple[float, float]]:
        """Of 95%, of the figures that have one."""
        return self.evaluation.intervals

    @property
    def samples(self) -> int:
        """How many pictures were scored."""
        return self.evaluation.score.samples

    @property
    def predictions(self) -> Sequence[Mapping[str, Any]]:
        """What it said of each picture: source, actual, predicted, confidence, loss, ..."""
        return self.evaluation.rows

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the rows and columns of `confusion`."""
        found = confusion_table(self.evaluation)
        return () if found is None else found.classes

    @property
    def confusion(self) -> Array | None:
        """Who was taken for whom; None of a task without classes.  Shapes:  result: (classes, classes), row actual"""
        found = confusion_table(self.evaluation)
        return None if found is None else found.counts

    def mistakes(self, most: int = 20) -> list[dict[str, Any]]:
        """The pictures that it was most wrong about, the worst first."""
        return mistakes(self.evaluation, most)

    @property
    def said(self) -> str:
        """The judging figure in a sentence, with its interval."""
        found = self.evaluation
        name, metric = next(iter(found.metrics.items()))
        text = f"{metric.figure_title} {metric.shown(found.score.figures[name])}"
        if name in found.intervals:
            low, high = (metric.shown(bound) for bound in found.intervals[name])
            text += f" (95% interval {low} to {high})"
        return f"{text} on {self.samples:,} pictures of {found.origin}"

    def __repr__(self) -> str:
        return f"Evaluated({self.said})"

    def _repr_html_(self) -> str:
        """The figures and the worst mistakes, as a notebook shows them."""
        rows = []
        for name, metric in self.evaluation.metrics.items():
            bounds = [metric.shown(bound) for bound in self.intervals.get(name, ())]
            value = metric.shown(self.evaluation.score.figures[name])
            rows.append((metric.figure_title, value, " to ".join(bounds)))
        worst = [
            (str(row.get("source", "")), str(row.get("actual")), str(row.get("predicted")))
            for row in self.mistakes(LISTED)
        ]
        wrong = table(("worst mistakes", "actual", "predicted"), worst, words=3) if worst else ""
        return shown(self.said, table(("figure", "value", "95% interval"), rows), wrong)
