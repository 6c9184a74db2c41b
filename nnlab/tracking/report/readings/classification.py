"""A classification's page: who was taken for whom, how sure it was, class by class."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from nnlab.metrics.interval import wilson
from nnlab.tasks.classification import Classification
from nnlab.tracking.pages.page import table
from nnlab.tracking.predictions import in_words
from nnlab.tracking.report.answers import Answers, gathered
from nnlab.tracking.report.confusions import confusions
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.per_class import ordered, per_class
from nnlab.tracking.report.pictures import Caption, confused, most_wrong
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import PARTITIONS, figure_keys, number, words
from nnlab.tracking.report.reliability import reliability


@READINGS.register(Classification)
class ClassificationReading(Reading):
    """Confusions, mistakes, reliability, classes."""

    @cached_property
    def answers(self) -> Mapping[str, Answers]:
        """By partition, the one that says most first."""
        found = gathered(self.recorded.predictions())
        return {name: found[name] for name in PARTITIONS if name in found}

    def result(self) -> str:
        """The share of right answers with its interval, and the level of chance."""
        best = self.recorded.best
        if best is None:
            return ""
        name, score = best
        right, samples = number(score, "accuracy"), number(score, "samples")
        if not (0 <= right <= 1 and samples >= 1):
            return super().result()
        low, high = wilson(right, int(samples))
        other = [key for key in figure_keys(score)[:1] if key != "accuracy"]
        own = [f"{self.recorded.title(key)} {self.recorded.shown(key, number(score, key))}; " for key in other]
        return (
            f"{''.join(own)}{right:.1%} of {int(samples):,} {name} pictures were named right "
            f"({round(right * samples):,} of them); the true share is between {low:.1%} and {high:.1%} with 95% "
            f"confidence (Wilson).{self._chance(name, score)}"
        )

    def _chance(self, name: str, score: Mapping[str, Any]) -> str:
        chance = number(score, "chance")
        if not 0 <= chance <= 1 and name in self.answers:  # runs of earlier versions say none
            chance = self.answers[name].largest / max(self.answers[name].samples, 1)
        if not 0 <= chance <= 1:
            return ""
        return f" Chance is {chance:.1%}: that is right of always naming the largest class."

    def figures(self) -> Iterator[Part]:
        """In the order in which questions come up."""
        names = ordered(self.answers.values(), [words(name) for name in self.recorded.description.get("names", [])])
        if self.answers:
            yield confusions(self.answers, names, self.pictures.links)
        first = next(iter(self.answers), None)
        yield most_wrong(self.pictures, self._listed(first) if first else "")
        if part := confused(self.pictures):
            yield part
        if first is not None:
            yield reliability(first, self.answers[first])
            yield per_class(first, self.answers[first], names)

    def _listed(self, partition: str) -> str:
        """The worst answers in words, for runs whose pictures were not kept."""
        rows: Sequence[Mapping[str, Any]] = self.answers[partition].worst
        if not rows:
            return ""
        head = {"file": False, "is": False, "was taken for": False, "sure to": True, "loss": True}
        return table(head, [_line(row) for row in rows])

    def caption(self, row: Mapping[str, Any]) -> Caption:
        """Framed where the answer is another class."""
        is_wrong = row.get("predicted") is not None and row.get("actual") != row["predicted"]
        return dataclasses.replace(super().caption(row), is_wrong=is_wrong)


def _line(row: Mapping[str, Any]) -> tuple[str, ...]:
    sure, loss = number(row, "confidence"), number(row, "loss")
    file = words(str(row.get("source", "")).rpartition("/")[2], 60)
    return (
        file,
        words(in_words(row.get("actual")), 60),
        words(in_words(row.get("predicted")), 60),
        f"{sure:.1%}" if sure == sure else "",
        f"{loss:.4g}" if loss == loss else "",
    )
