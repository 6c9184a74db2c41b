"""`--folds`: an experiment once for each fold, so that in turn every part of the data is held out."""

import dataclasses
import statistics
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, UsageError
from nnlab.experiment.build import outlined
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.resume import resume
from nnlab.experiment.sources import SettingsSource, from_file, from_flags
from nnlab.metrics.base import Metric
from nnlab.metrics.interval import wilson
from nnlab.metrics.significance import t_interval
from nnlab.tracking.files import to_json, write_whole
from nnlab.tracking.fold_set import CONFIG, ROWS, FoldSet, is_whole, out_of_sample
from nnlab.tracking.run import Run

PARTITIONS = ("training", "dev", "test")


def fold_of(experiment: Experiment, which: int) -> Experiment:
    """The experiment that holds one fold out, counted from 1."""
    run, data = copy(experiment.run), copy(experiment.data)
    data.fold = f"{which}/{run.folds}"
    run.exp_id, run.folds = f"{run.exp_id}_fold{which}", 0
    return dataclasses.replace(experiment, run=run, data=data, accuracy=copy(experiment.accuracy))


def resumed_folds(found: FoldSet, flags: SettingsSource) -> Experiment:
    """The experiment whose folds go on. Raises UsageError: for settings, and where nothing is left to do."""
    if flags.values:
        raise UsageError("folds go on as they began", where=flags.where(next(iter(flags.values))), hint="leave it out")
    about = found.about
    if all(is_whole(found.run(fold)) for fold in range(1, about["folds"] + 1)):
        raise UsageError(f"all {about['folds']} folds of {found.folder.name} are trained", where="--resume")
    experiment = resolve(from_file(found.folder / CONFIG))
    run = copy(experiment.run)
    run.runs_dir = str(found.folder.parent)
    return dataclasses.replace(experiment, run=run, folds=found)


class Folds:
    """The folds of an experiment: those that are left to train, then what they gave together.

    Raises:  NnlabError: what any of them would raise before it reads a picture; nothing is written then.
    """

    def __init__(self, experiment: Experiment):
        self.experiment, count = experiment, experiment.run.folds
        self.planned = [fold_of(experiment, which) for which in range(1, count + 1)]
        self.outlines = [outlined(fold) for fold in self.planned]
        self._set = experiment.folds
        self._at = 0

    @property
    def folder(self) -> Path | None:
        """The folder of the set; None before it began."""
        return None if self._set is None else self._set.folder

    def left(self) -> Iterator[Experiment]:
        """Each fold that is not yet trained to its end; one that was killed goes on where it was."""
        run = self.experiment.run
        self._set = self._set or FoldSet.create(Path(run.runs_dir), run.exp_id, self.experiment.to_toml(), run.folds)
        for which, planned in enumerate(self.planned, 1):
            self._at, earlier = which, self._set.run(which)
            if not is_whole(earlier):
                yield planned if earlier is None else _gone_on_with(earlier, planned)

    def begun(self, run: Path) -> None:
        """Notes the run of the fold at hand."""
        assert self._set is not None  # `left` gave the experiment
        self._set.begun(self._at, run)

    def close(self) -> dict[str, Any]:
        """Writes down what the folds that came to their end gave; the document of folds.json."""
        assert self._set is not None
        every = [(fold, self._set.run(fold)) for fold in range(1, len(self.planned) + 1)]
        runs = [(fold, run) for fold, run in every if run is not None and is_whole(run)]
        names = self.outlines[0].names
        rows = out_of_sample(runs, names)
        write_whole(self._set.folder / ROWS, "".join(f"{to_json(row)}\n" for row in rows))
        figures = summary([run for _, run in runs], self.experiment.figures)
        document = self._set.about | {
            "set": str(self._set.folder),
            "trained": [fold for fold, _ in runs],
            "metric": self.experiment.figure,
            "names": list(names),
            "figures": figures,
            "held_out": pooled([run for _, run in runs], self.experiment.figure),
        }
        self._set.write(document)
        return document


def _gone_on_with(run: Run, planned: Experiment) -> Experiment:
    """The fold from where its run was left, beside its set; from the start where that left no state."""
    try:
        return resume(run.folder, from_flags({"runs_dir": planned.run.runs_dir}))
    except DataError:
        return planned


def summary(runs: Sequence[Run], metrics: Mapping[str, Metric]) -> dict[str, Any]:
    """Of each partition and figure what each fold gave, their mean, standard deviation and the mean's interval."""
    found: dict[str, Any] = {}
    for partition in PARTITIONS:
        scores = [score for run in runs if (score := (run.summary or {}).get(partition))]
        keys = ("loss", *metrics)
        found[partition] = {
            key: spread([float(score[key]) for score in scores], metrics[key].is_share if key in metrics else False)
            for key in keys
            if scores and all(isinstance(score.get(key), (int, float)) for score in scores)
        } or None
    return found


def spread(values: Sequence[float], is_share: bool = False) -> dict[str, Any]:
    """Mean, standard deviation, and the interval of 95% of the mean.

    mean +- t s / sqrt(k)     t: of Student's distribution with k - 1 degrees of freedom

    Folds share most of what they learn from, so that they differ by less than runs on other data would: the interval is
    of this data's folds, and rather too narrow for any other (Bengio and Grandvalet, "No unbiased estimator of the
    variance of k-fold cross-validation", 2004).
    """
    mean, deviation = statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None
    interval = t_interval(values)
    if interval is not None and is_share:
        interval = max(interval[0], 0.0), min(interval[1], 1.0)
    return {"values": list(values), "mean": mean, "sd": deviation, "interval": interval and list(interval)}


def pooled(runs: Sequence[Run], key: str) -> dict[str, Any] | None:
    """A share over all samples, each by the fold that held it out, with its interval; None where it is no share."""
    scores = [score for run in runs if (score := (run.summary or {}).get("dev"))]
    if not scores or any("interval" not in score for score in scores):
        return None
    samples = sum(score["samples"] for score in scores)
    share = sum(score[key] * score["samples"] for score in scores) / samples
    return {key: share, "samples": samples, "interval": list(wilson(share, samples))}
