"""The contract of a task's reading of a run."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from nnlab.core.translations import Translations
from nnlab.tracking.predictions import in_words
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.pictures import Caption, Pictures, most_wrong
from nnlab.tracking.report.recorded import Recorded, figure_keys, number, words


class Reading:
    """What a run's page says in a task's own way; as it is, for a task without a reading of its own."""

    def __init__(self, recorded: Recorded):
        self.recorded = recorded

    def result(self) -> str:
        """The result in one sentence, where the run has one."""
        best = self.recorded.best
        if best is None:
            return ""
        name, score = best
        keys = figure_keys(score)
        figure = (
            f"{self.recorded.title(keys[0])} {self.recorded.shown(keys[0], number(score, keys[0]))}" if keys else ""
        )
        loss = f"loss {number(score, 'loss'):.4g}"
        return f"{figure or loss} on {words(score.get('samples'))} samples of the {name} partition."

    def figures(self) -> Iterator[Part]:
        """The task's own figures: here what any task has."""
        if self.pictures.wrong:
            yield most_wrong(self.pictures)

    @cached_property
    def pictures(self) -> Pictures:
        """Those that the page has room for."""
        return Pictures.of(self.recorded, self.caption)

    def caption(self, row: Mapping[str, Any]) -> Caption:
        """What is said of a picture: the answer, and the truth below it. Options:  row: as pictures.jsonl has it."""
        actual, predicted = row.get("actual"), row.get("predicted")
        said = words(in_words(predicted), 80) if "predicted" in row and predicted is not None else ""
        is_what = words(in_words(actual), 80) if actual is not None else ""
        if not said:
            return Caption(is_what)
        return Caption(said, [f"is {is_what}"] if is_what else [])


READINGS: Translations[type[Reading]] = Translations("task", "readings", package="nnlab.tracking.report.readings")
"""The reading of each task, by its exact class; other packages offer theirs in the group nnlab.readings."""
