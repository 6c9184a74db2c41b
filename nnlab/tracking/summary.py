"""A run in one document: what `summary.json` and `nnlab train --json` say of it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.metrics.base import Metric
from nnlab.metrics.interval import wilson
from nnlab.training.record import EpochRecord, Score, TrainingResult

SPEC_PHASES = ("load", "forward", "backward", "update", "evaluate")


def summarise(
    result: TrainingResult,
    parameters: int,
    judge: type[Metric],
    *,
    chance: Mapping[str, float | None] | None = None,
    names: Sequence[str] = (),
    **known: Any,
) -> dict[str, Any]:
    """The document of the contract, with null for what there is not.

    avoidable_bias = 1 - training accuracy;  variance = training accuracy - dev accuracy;  of another figure than a
    share, by how much dev is worse, and no bias

    Options:  parameters: how many numbers learn.  judge: the metric of the first figure.
              chance: by partition, how often naming its largest class is right; None where the figure is no such share.
              names: of the classes, for figures that there are of each.
              known: what the result does not know itself: id, run, backend, device, dtype, model, gradient_checks.
    """
    final = {name: result.final[name].figure for name in ("training", "dev") if name in result.final}
    scores = {
        name: scored(result.final.get(name), (chance or {}).get(name), names) for name in ("training", "dev", "test")
    }
    training = scores["training"]
    samples = training["samples"] if training else (result.history[-1].training.samples if result.history else 0)
    return {
        "id": known.pop("id", None),
        "run": known.pop("run", None),
        "backend": known.pop("backend", None),
        "device": known.pop("device", None),
        "dtype": known.pop("dtype", None),
        "model": known.pop("model", None),
        "parameters": parameters,
        "params_per_sample": parameters / samples if samples else None,
        "epochs_run": result.epochs_run,
        **scores,
        "best_epoch": result.best_epoch,
        "early_stop_epoch": result.early_stop_epoch,
        "stopped": result.stopped,
        "avoidable_bias": 1 - final["training"] if judge.is_share and "training" in final else None,
        "variance": _variance(judge, final["training"], final["dev"]) if len(final) == 2 else None,
        "elapsed_s": result.elapsed_s,
        "phases_s": {phase: result.phases_s.get(phase, 0.0) for phase in (*SPEC_PHASES, "checks")},
        "step_times": dict(result.step_times),
        "peak_memory_mb": result.peak_memory_mb,
        **known,
    }


def most_by_phase(history: Sequence[EpochRecord]) -> dict[str, float]:
    """The most memory that was met in each phase of any epoch, MiB."""
    most: dict[str, float] = {}
    for record in history:
        for phase, met in record.memory_phases_mb.items():
            most[phase] = max(most.get(phase, 0.0), met)
    return most


def _variance(judge: type[Metric], training: float, dev: float) -> float:
    return training - dev if judge.better == "higher" else dev - training


def scored(score: Score | None, chance: float | None, names: Sequence[str]) -> dict[str, Any] | None:
    """A score; beside a level of chance with its interval, and whether it is above that level for sure."""
    if score is None:
        return None
    shown: dict[str, Any] = {"loss": score.loss, **score.figures, "samples": score.samples}
    if score.per_class:
        shown["per_class"] = {key: _by_name(names, figures) for key, figures in score.per_class.items()}
    if chance is None or not score.samples or not math.isfinite(score.figure):
        return shown
    low, high = wilson(score.figure, score.samples)
    return {**shown, "interval": [low, high], "chance": chance, "no_better_than_guessing": low <= chance}


def _by_name(names: Sequence[str], figures: Sequence[float]) -> dict[str, float | None]:
    """The figure of each class; None where it has none, as one that was never met."""
    known = dict(zip(names, figures, strict=False))
    return {name: None if math.isnan(known.get(name, math.nan)) else known[name] for name in names}


def document(experiments: list[Mapping[str, Any]]) -> dict[str, Any]:
    """What `nnlab train --json` prints: every experiment's summary under one schema version."""
    return {"schema_version": 1, "experiments": [dict(experiment) for experiment in experiments]}
