"""An experiment becomes a run folder."""

import cProfile
import io
import os
import pstats
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from nnlab.core.errors import NnlabError, RunError
from nnlab.core.rng import Rng
from nnlab.experiment.build import Parts, Progress, build
from nnlab.experiment.config import Experiment
from nnlab.experiment.logs import logged_in
from nnlab.tracking.figures import draw_figures
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.store import RunStore
from nnlab.tracking.summary import summarise
from nnlab.training.callback import Callback
from nnlab.training.callbacks.gradient_checks import GradientChecks
from nnlab.training.callbacks.instability_checks import InstabilityChecks
from nnlab.training.record import TrainingResult
from nnlab.training.trainer import Trainer


@dataclass(frozen=True)
class Outcome:
    """A run that came to an end.

    Options:  folder: its run folder.  summary: what summary.json says.  parts: the data and the learner, which
              holds the best weights.  error: why it failed, None when it did not.
    """

    experiment: Experiment
    folder: Path
    result: TrainingResult
    summary: Mapping[str, Any]
    parts: Parts
    error: NnlabError | None = None


def run(experiment: Experiment, *, callbacks: Sequence[Callback] = (), progress: Progress | None = None) -> Outcome:
    """Trains one experiment and writes its run folder.

    A check that stops the run, Ctrl-C and a disk that fills up still give an Outcome, its folder holding what was
    recorded until then.

    Options:  callbacks: more listeners (a progress display).  progress: called while images are prepared.
    Raises:   NnlabError: for whatever is found wrong before training; nothing is left behind then.
    """
    runs_dir = Path(experiment.run.runs_dir)
    RunStore.probe(runs_dir)
    with threadpool_limits(limits=experiment.run.threads):
        parts = build(experiment, progress)
        store = RunStore.create(runs_dir, experiment.run.exp_id, experiment.to_toml())
        try:
            with logged_in(store):
                return _train(experiment, parts, store, callbacks)
        finally:
            store.close()


def _train(experiment: Experiment, parts: Parts, store: RunStore, more: Sequence[Callback]) -> Outcome:
    options = experiment.run
    gradients = GradientChecks(options.gradient_checks, options.gradient_checks_interval)
    instabilities = InstabilityChecks(options.instability_checks)
    recorder = Recorder(store, _about(experiment, parts))
    trainer = Trainer(
        parts.learner,
        parts.data,
        epochs=options.epochs,
        metric=experiment.accuracy,
        rng=Rng(options.model_seed).at("training"),
        eval_dev=options.eval_dev,
        early_stopping=options.early_stopping,
        patience=options.early_stopping_patience,
        callbacks=[gradients, instabilities, recorder, *more],
    )
    error: NnlabError | None = None
    profile = cProfile.Profile() if options.profiling else None
    try:
        with profile or nullcontext():
            result = trainer.run()
    except NnlabError as stopped:
        error, result = stopped, trainer.result("failed")
    except OSError as stopped:
        error = RunError(str(stopped.strerror or stopped), where=str(stopped.filename or store.folder))
        result = trainer.result("failed")
    checks = {"gradient_checks": gradients.summary(), "instability_checks": instabilities.summary()}
    summary = _summary(experiment, parts, store, result, checks, error)
    try:
        _keep(experiment, parts, store, result, summary)
        if profile is not None:
            _write_profile(profile, store.folder / "profile.txt")
    except RunError as full:
        error = error or full
    return Outcome(experiment, store.folder, result, summary, parts, error)


def _about(experiment: Experiment, parts: Parts) -> dict[str, Any]:
    """What using the weights needs besides them."""
    return {
        "model": experiment.chosen["model"],
        "classes": list(parts.data.classes),
        "sample_shape": list(parts.data.sample_shape),
        "dtype": experiment.run.dtype,
    }


def _summary(
    experiment: Experiment,
    parts: Parts,
    store: RunStore,
    result: TrainingResult,
    checks: Mapping[str, Any],
    error: NnlabError | None,
) -> dict[str, Any]:
    return summarise(
        result,
        parts.learner.parameter_count,
        id=experiment.run.exp_id,
        run=os.fspath(store.folder),
        backend=experiment.run.backend,
        device="cpu",
        dtype=experiment.run.dtype,
        model=experiment.chosen["model"],
        load_s=parts.data.seconds,
        **checks,
        skipped_images=[{"source": str(path), "reason": reason} for path, reason in parts.data.skipped],
        error=None if error is None else str(error),
    )


def _keep(
    experiment: Experiment, parts: Parts, store: RunStore, result: TrainingResult, summary: Mapping[str, Any]
) -> None:
    """Everything that is written once, at the end; the summary last, so its being there says that all is."""
    store.add_weights(result, _about(experiment, parts))
    store.add_predictions(result, parts.data.classes)
    draw_figures(
        store.figures,
        result,
        parts.data,
        image_shape=parts.data.training.pixels(0).shape,
        title=f"{experiment.run.exp_id} · {experiment.chosen['model']} on {experiment.data.dataset}",
        samples=experiment.run.display_samples,
    )
    store.add_summary(summary)


def _write_profile(profile: cProfile.Profile, path: Path) -> None:
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("cumulative").print_stats(60)
    path.write_text(text.getvalue(), encoding="utf-8")
