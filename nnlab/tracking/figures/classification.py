"""The figures of a classification: who was taken for whom, and samples with what was said of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Truth
from nnlab.core.truths import labels_of
from nnlab.core.types import Array
from nnlab.tasks.classification import Classification
from nnlab.tracking import plots
from nnlab.tracking.confusion import Confusion, confusion_of
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn
from nnlab.tracking.figures.general import MOST_SAMPLES, SHEET, SHEET_OF, inputs
from nnlab.tracking.sheet import Predictions, choose_samples


@FIGURES.register(Classification)
class ClassificationFigures(Figures):
    """confusion-dev.png, confusion-test.png, and samples.png with the mistakes first."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Predictions]] = {}

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Keeps the classes, and how sure they are."""
        predicted, scores = labels_of(answers), getattr(answers, "scores", None)
        sure = np.full(len(predicted), np.nan)
        if scores is not None:
            sure = np.where(predicted < 0, np.nan, scores[np.arange(len(predicted)), predicted])
        self._parts.setdefault(partition, []).append(Predictions(labels_of(batch.truths), predicted, sure))

    def predictions(self, partition: str) -> Predictions:
        """All that was said of a partition."""
        parts = self._parts[partition]
        return Predictions(*(np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])))

    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """One confusion table for each partition, one sheet."""
        paths: list[Path] = []
        for name in self._parts:
            with drawn(folder / f"confusion-{name}.png", paths) as path:
                table = _confusion(self.predictions(name), subject.data.names)
                plots.draw_confusion(path, table, title=f"{subject.title} · {name}")
        shown = next((name for name in SHEET_OF if name in self._parts), None)
        if subject.image_shape is not None and shown is not None:
            with drawn(folder / "samples.png", paths) as path:
                self._draw_samples(path, shown, subject)
        return paths

    def _draw_samples(self, path: Path, name: str, subject: Subject) -> None:
        predictions = self.predictions(name)
        chosen = choose_samples(predictions, min(subject.samples or SHEET, MOST_SAMPLES))
        images = inputs(getattr(subject.data, name), chosen).reshape(len(chosen), *(subject.image_shape or ()))
        wrong = int((predictions.actual != predictions.predicted).sum())
        note = f"{name}: {wrong} of {len(predictions.actual)} wrong" + (", the surest mistakes first" if wrong else "")
        title = f"{subject.title} · what the network sees"
        plots.draw_samples(path, images, predictions.take(chosen), subject.data.names, title=title, note=note)


def _confusion(predictions: Predictions, classes: Sequence[str]) -> Confusion:
    decided = predictions.predicted >= 0
    return confusion_of(
        predictions.actual[decided], predictions.predicted[decided], np.ones(decided.sum(), np.int64), classes
    )
