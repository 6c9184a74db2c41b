"""A cell that takes so many training steps, each on the clock: a rung of the ladder of optimisations."""

import os
import time
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from nnlab.core.rng import Rng
from nnlab.experiment.build import Parts, build
from nnlab.experiment.experiment import Experiment
from nnlab.kernels.threads import at_most_threads
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.base import KINDS, Job, Kind, Say, Skipped
from nnlab.labs.kinds.train import experiment_of, prepare_backend
from nnlab.labs.meaning import meaning
from nnlab.labs.timed_step import AROUND_S, timed
from nnlab.training.clock import Phases, moved_since, peak_memory_mb, switches
from nnlab.training.epoch import Turn, turns
from nnlab.training.record import PHASES

WARM_UP = 3
"""Steps after the first one that are not measured."""

EXACT_STEPS = 20
"""Of a rung that must not change what is computed, in float64."""

NO_SCALER = "nnlab scales no loss, which float16 asks for: bf16 needs none"


@KINDS.register
class Rung(Kind):
    """Takes steps of an experiment: the first, some to warm up, then those that are measured.

    A step begins where its minibatches are asked for and ends with the update. With "exact" in the job its losses are
    what counts, of 20 steps in float64.
    """

    def meaning(self, job: Job) -> Job:
        """The experiment, the rung and the pass."""
        return {key: job[key] for key in ("meaning", "rung", "pass", "steps", "exact")}

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Takes the steps. Raises Skipped: it needs what is not here."""
        if job["rung"] == "cuda_fp16":
            raise Skipped("fp16", NO_SCALER)
        experiment = experiment_of(job)
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder.parent / "compiled")  # the first pass's serves the others
        prepare_backend(experiment)
        _switch_off(job["rung"])
        with at_most_threads(experiment.run.threads):
            before = peak_memory_mb()
            began = time.perf_counter()
            parts = build(experiment)
            loaded = time.perf_counter() - began
            if job["exact"]:
                return {"losses": [loss for _, loss in islice(_steps(parts, experiment), EXACT_STEPS)]}
            measured = _measured(parts, experiment, job["steps"], say)
        return {
            **measured,
            "load_s": loaded,
            "peak_mb": peak_memory_mb() - before,
            "device": parts.learner.device,
            "biased_convolutions": _biased(parts),
        }

    def estimate(self, job: Job) -> Mapping[str, Any]:
        """From one step; how long compiling takes nobody knows beforehand."""
        if job["rung"] == "cuda_fp16":
            raise Skipped("fp16", NO_SCALER)
        experiment = experiment_of(job)
        prepare_backend(experiment)
        if experiment.run.compile:
            return {}
        found = timed(experiment)
        taken = EXACT_STEPS if job["exact"] else 1 + WARM_UP + job["steps"]
        steps = taken * found["step_ms"] / 1e3
        cost = steps + found["loading_s"] + AROUND_S
        return {**found, "wall_s": cost, "cpu_s": cost, "steps": taken}


def rung_cell(name: str, experiment: Experiment, content: str, *, rung: str, number: int, steps: int) -> Cell:
    """The cell of a rung, for its time. Options:  number: of the pass, from 1.  steps: on the clock."""
    more = {"rung": rung, "pass": number, "steps": steps, "exact": False}
    return Cell(name, "Rung", _job(experiment, content) | more, number)


def exact_cell(name: str, experiment: Experiment, content: str, *, rung: str) -> Cell:
    """The cell of a rung, for its losses in float64."""
    run = copy(experiment.run)
    run.dtype = "float64"
    more = {"rung": rung, "pass": 1, "steps": 0, "exact": True}
    return Cell(name, "Rung", _job(replace(experiment, run=run), content) | more)


def _job(experiment: Experiment, content: str) -> dict[str, Any]:
    return {"settings": experiment.settings, "meaning": meaning(experiment, content)}


def _steps(parts: Parts, experiment: Experiment) -> Iterator[tuple[Turn, float]]:
    """Steps without an end, epoch after epoch, as a training takes them: the last turn of each, and its loss."""
    rng, options = Rng(experiment.run.model_seed).at("training"), experiment.run
    for epoch in count(1):
        loss = 0.0
        for turn in turns(parts.data.training.batches(epoch), 0, options.accumulate, Phases(PHASES)):
            result = parts.learner.backprop(turn.batch, rng=rng.at("step", epoch, turn.index), part=turn.part)
            loss += turn.part.share * result.loss
            if turn.ends_step:
                parts.learner.update(epoch=min(epoch, options.epochs) - 1, epochs=options.epochs)
                yield turn, loss
                loss = 0.0


def _measured(parts: Parts, experiment: Experiment, wanted: int, say: Say) -> dict[str, Any]:
    """Milliseconds of each step on the wall and of the processor, and in which the system took it off the core."""
    steps = _steps(parts, experiment)
    first, _, _ = _one(steps)
    for _ in range(WARM_UP):
        _one(steps)
    wall, cpu, switched = list[float](), list[float](), list[bool]()
    for done in range(1, wanted + 1):
        taken, processor, moved = _one(steps)
        wall.append(1e3 * taken)
        cpu.append(1e3 * processor)
        switched += [] if moved is None else [moved]
        say("epoch", done=done, total=wanted)
    return {
        "first_step_s": first,
        "ms": wall,
        "cpu_ms": cpu,
        "disturbed": sum(switched) / len(switched) if switched else None,
    }


def _one(steps: Iterator[tuple[Turn, float]]) -> tuple[float, float, bool | None]:
    wall, cpu, before = time.perf_counter(), time.process_time(), switches()
    next(steps)
    return time.perf_counter() - wall, time.process_time() - cpu, moved_since(before)


def _biased(parts: Parts) -> int:
    """Convolutions with a bias that a BatchNorm behind them takes away again."""
    nodes = {node.name: node for node in parts.network.nodes}
    return sum(
        type(node.layer).__name__ == "BatchNorm"
        and (before := nodes.get(node.inputs[0])) is not None
        and bool(getattr(before.layer, "maps", None) and getattr(before.layer, "bias", False))
        for node in parts.network.nodes
    )


def _switch_off(rung: str) -> None:
    """What a rung that does nothing switches off."""
    if rung in ("anomaly_off", "profiler_off"):
        from nnlab.backends.torch.tuning import switch_off

        switch_off(rung)
