"""Labels of a dataset that are probably wrong, by runs that had not learnt from the samples in question."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.quoting import quoted
from nnlab.metrics.confident_learning import judged_labels
from nnlab.tracking.fold_set import CONFIG, FoldSet, fold_set, set_of
from nnlab.tracking.names import RUN_FILE
from nnlab.tracking.run import read_run


@dataclass(frozen=True)
class Suspect:
    """A sample and its label.

    Options:  source: its path within the dataset.  label: what it is said to be.  suggested: what it looks like.
              quality: how likely the label is right, from 0 to 1.  probably_wrong: whether it is suspected.
    """

    source: str
    label: str
    suggested: str
    quality: float
    probably_wrong: bool


@dataclass(frozen=True)
class Suspects:
    """Every sample that a run, or a set of folds, has an out-of-sample answer for; the most suspicious first.

    Options:  of: the name of the run or the set.  config: the file of its settings.  partitions: what was judged.
    """

    of: str
    config: Path
    samples: tuple[Suspect, ...]
    partitions: tuple[str, ...]

    @property
    def wrong(self) -> tuple[Suspect, ...]:
        """Those whose labels are probably wrong."""
        return tuple(sample for sample in self.samples if sample.probably_wrong)


FOLDS = "train with --folds=5, which gives every sample one"


def suspects(path: str) -> Suspects:
    """The labels of a set of folds, of the set that a run is of, or of what a run kept for dev and test.

    Raises:  DataError: when there is no such run, or it has no answers.  UsageError: when they are no probabilities.
    """
    found = fold_set(path)
    run = None if found is not None else read_run(path)
    if run is not None:
        found = set_of(run)
    if found is not None:
        where, rows, names = found.folder, _of_set(found), found.about["names"]
    else:
        assert run is not None
        where, rows = run.folder, run.predictions
        names = run.weights()[1].get("classes") if run.has_weights else None
    rows = [row for row in rows if row.get("partition") in ("dev", "test")]
    if not rows:
        raise DataError("has no answers for samples that it had not learnt from", where=str(where), hint=FOLDS)
    if not names or any("probabilities" not in row for row in rows):
        raise UsageError("gives no probabilities of classes, which labels are judged by", where=str(where))
    partitions = tuple(dict.fromkeys(row["partition"] for row in rows))
    config = where / (RUN_FILE if found is None else CONFIG)
    return Suspects(where.name, config, _judged(rows, names, where), partitions)


def _of_set(found: FoldSet) -> Sequence[dict[str, Any]]:
    about = found.about
    trained = len(about.get("trained", ()))
    if trained < about["folds"] or "names" not in about:
        what, hint = f"has {trained} of {about['folds']} folds", f"type: nnlab train --resume={quoted(found.folder)}"
        raise DataError(what, where=str(found.folder), hint=hint)
    return found.rows


def _judged(rows: Sequence[dict[str, Any]], names: Sequence[str], where: Path) -> tuple[Suspect, ...]:
    places = {name: place for place, name in enumerate(names)}
    try:
        labels = np.array([places[row["actual"]] for row in rows], np.intp)
        probabilities = np.array([row["probabilities"] for row in rows], np.float64)
        sources = [str(row["source"]) for row in rows]
    except (KeyError, TypeError, ValueError):
        raise DataError("is damaged (its answers are not of its classes)", where=str(where)) from None
    if probabilities.shape != (len(rows), len(names)):
        raise DataError(f"is damaged (its answers are not of its {len(names)} classes)", where=str(where))
    probabilities = np.nan_to_num(probabilities)  # what was not finite is sure of nothing
    judged = judged_labels(labels, probabilities)
    return tuple(
        Suspect(
            sources[at], names[labels[at]], names[judged.other[at]], float(judged.quality[at]), bool(judged.suspect[at])
        )
        for at in judged.order
    )
