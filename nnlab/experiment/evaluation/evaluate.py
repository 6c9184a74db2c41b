"""A trained run scored on labelled pictures."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.errors import UsageError
from nnlab.core.truth import Label, Truth
from nnlab.core.truths import Labels, Rows, Vectors, labels_of, rows_of, vectors_of
from nnlab.core.types import Array
from nnlab.experiment.build import Progress
from nnlab.experiment.evaluation.subject import Subject, folder, own_partition
from nnlab.experiment.trained import Trained, trained_run
from nnlab.kernels.threads import at_most_threads
from nnlab.metrics.base import Metric
from nnlab.metrics.bootstrap import bootstrap
from nnlab.metrics.counts import F1, Precision, Recall
from nnlab.metrics.hits import HitShare
from nnlab.metrics.interval import wilson
from nnlab.onnx.backends.engines import known_engine
from nnlab.tracking.openings import record_opening
from nnlab.tracking.predictions import rows as prediction_rows
from nnlab.tracking.run import Run
from nnlab.training.record import Score
from nnlab.training.scoring import Judgement, score

Interval = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a run came to on some pictures.

    Options:  origin: the pictures, in words.  partition: of the run's own dataset; None of a folder.
              metrics: by their names in files, the judging one first.  intervals: of 95%, of those that have one.
              rows: as predictions.jsonl has them.  classes: of each picture, its own and the one that was said, as
                  places among `names`; None of another task.
              openings: how often test was scored since the training, this time too; None where it was not.
    """

    run: Run
    origin: str
    partition: str | None
    engine: str
    names: tuple[str, ...]
    metrics: Mapping[str, Metric]
    score: Score
    intervals: Mapping[str, Interval]
    chance: float | None
    rows: Sequence[Mapping[str, Any]]
    classes: tuple[Array, Array] | None
    skipped: Sequence[tuple[str, str]]
    seconds: float
    openings: int | None = None


def evaluate(
    run: str | Path,
    path: str | None = None,
    *,
    partition: str = "test",
    command: str = "nnlab evaluate",
    datasets_path: str = "datasets",
    progress: Progress | None = None,
    **settings: Any,
) -> Evaluation:
    """Scores a run on the labelled pictures of a folder, or of a partition of its own dataset.

    Nothing is written but, where pictures are of the run's test partition, a line in its openings.jsonl.

    Options:  path: the folder; None: the run's own dataset.  command: what was typed, for that line.
              settings: others than the run's, such as backend, data_loader, threads, skip_bad_images.
    Raises:   DataError: no such run, no weights, or pictures that it cannot be scored on.
              MissingError: the backend is not installed.
    """
    began = time.perf_counter()
    if known_engine(str(settings.get("backend", "numpy"))) == "onnxruntime":
        hint = "export it first: nnlab export RUN, then nnlab infer --onnx-model=FILE"
        raise UsageError("a run is not for onnxruntime", where="--engine", hint=hint)
    settings |= {} if path is None else {"disk_cache": False}
    trained = trained_run(run, device="auto", **settings)
    with at_most_threads(trained.experiment.run.threads):
        learner = trained.learner()
        if path is None:
            subject = own_partition(trained, partition, progress)
        else:
            subject = folder(trained, path, datasets_path, partition, progress)
        gathered = _Gathered(subject, partition if path is None else "folder")
        judgement = _judgement(trained, subject)
        figures = score(learner, subject.samples.batches(), judgement, gathered.take)
    opened = _opened(trained, subject, command, figures)
    return Evaluation(
        trained.run,
        subject.origin,
        partition if path is None else None,
        trained.experiment.run.backend,
        subject.names,
        judgement.metrics,
        figures,
        dict(_intervals(judgement.metrics, figures, *gathered.together())),
        judgement.chance(subject.samples.truths),
        gathered.rows,
        gathered.classes(),
        subject.skipped,
        time.perf_counter() - began,
        opened,
    )


def _judgement(trained: Trained, subject: Subject) -> Judgement:
    """The figures of the run; of classes also those of each class."""
    metrics = dict(trained.experiment.figures)
    if subject.task.answer is Label:
        for metric in (Precision(), Recall(), F1()):
            metrics.setdefault(metric.figure_key, metric)
    return Judgement(subject.task, metrics)


def _opened(trained: Trained, subject: Subject, command: str, figures: Score) -> int | None:
    if not subject.tests:
        return None
    seen = {"loss": figures.loss, trained.experiment.figure: figures.figure}
    more = {} if subject.tests == len(subject.samples) else {"of": len(subject.samples), "source": subject.origin}
    record_opening(trained.run.folder, command, subject.tests, seen, **more)
    return len(trained.run.openings)


def _intervals(
    metrics: Mapping[str, Metric], figures: Score, answers: Sequence[Truth], truths: Sequence[Truth]
) -> list[tuple[str, Interval]]:
    """Of shares by Wilson's formula, of others by the bootstrap."""
    found = []
    for name, metric in metrics.items():
        value = figures.figures[name]
        if not np.isfinite(value):
            continue
        share = isinstance(metric, HitShare)
        interval = wilson(value, figures.samples) if share else bootstrap(metric, answers, truths)
        found += [(name, interval)] if interval is not None else []
    return found


class _Gathered:
    """What was said of every picture."""

    def __init__(self, subject: Subject, partition: str):
        self._names, self._shown = subject.names, subject.task.shown
        self._partition = partition
        self.rows: list[dict[str, Any]] = []
        self._answers: list[Sequence[Truth]] = []
        self._truths: list[Sequence[Truth]] = []

    def take(self, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """A batch, the answers to it, and what each lost."""
        self.rows += prediction_rows(self._partition, batch, self._shown(answers), losses, self._names)
        self._answers.append(answers)
        self._truths.append(batch.truths)

    def together(self) -> tuple[Sequence[Truth], Sequence[Truth]]:
        """All answers and all truths."""
        return _joined(self._answers), _joined(self._truths)

    def classes(self) -> tuple[Array, Array] | None:
        """Of each picture its class, and the one that was said."""
        answers, truths = self.together()
        if not (isinstance(answers, Labels) and isinstance(truths, Labels)):
            return None
        return labels_of(truths), labels_of(answers)


def _joined(parts: Sequence[Sequence[Truth]]) -> Sequence[Truth]:
    """Sequences of truths as one: of labels, rows and vectors an array."""
    labels = [part for part in parts if isinstance(part, Labels)]
    if len(labels) == len(parts):
        scores = [part.scores for part in labels if part.scores is not None]
        both = np.concatenate(scores) if len(scores) == len(parts) else None
        return Labels(np.concatenate([part.indexes for part in labels]), both)
    if all(isinstance(part, Rows) for part in parts):
        return Rows(np.concatenate([rows_of(part) for part in parts]))
    if all(isinstance(part, Vectors) for part in parts):
        return Vectors(np.concatenate([vectors_of(part) for part in parts]))
    return [truth for part in parts for truth in part]
