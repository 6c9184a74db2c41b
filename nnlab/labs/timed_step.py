"""What a training will take, from one timed step of it: of the pictures a minibatch alone is decoded."""

import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.evenly import evenly
from nnlab.core.rng import Rng
from nnlab.data.surveyed import Survey
from nnlab.experiment.build import batch_sizes, fitted, graph, learner, outlined, read, refuse_lonely_samples
from nnlab.experiment.experiment import Experiment
from nnlab.kernels.threads import at_most_threads
from nnlab.models.learner import Learner
from nnlab.models.summary import summarised
from nnlab.training.clock import memory_mb, peak_memory_mb

MOST = 128
"""Samples of the step: of a larger minibatch so many, and its time in proportion."""

TRIES, TRYING_S = 4, 0.5
"""How often a step is tried, as long as all together took no more."""

LONG_S = 2.0
"""A step that takes longer is not tried again."""

AROUND_S = 2.0
"""Of a run besides its epochs: its process, the libraries, its figures, its page."""

COPIES = 7
"""How often a run holds its weights at most besides the learner: the best, those that may be it, the last, and what
going on needs, with the optimizer's memory. Measured of ResNet18 on NumPy and on torch."""

DRAWING_MB = 50
"""Of its figures and its page."""

BYTES = 4
CLEAR = Path("/proc/self/clear_refs")
MIB = 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """Of a piece of work: seconds on the wall, and of the processor."""

    wall_s: float
    cpu_s: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)

    def __mul__(self, times: float) -> "Cost":
        return Cost(times * self.wall_s, times * self.cpu_s)


def timed(experiment: Experiment) -> dict[str, Any]:
    """Wall and processor seconds, MiB at most, and the network in figures.

    A step, once to warm up, then the quickest of some on the clock: the first still touch memory for the first time,
    which is nothing to a step that takes seconds (it is not done again). Reading by the pictures of that minibatch.

    Raises:  NnlabError: as building it does.
    """
    with at_most_threads(experiment.run.threads):
        outline = outlined(experiment)
        sizes, counts = batch_sizes(experiment, outline.truths), outline.sizes
        before = _reset()
        network = graph(experiment, outline)
        refuse_lonely_samples(network, experiment, outline.truths)
        trained = learner(experiment, network, fitted(experiment, outline))
        few = _some(outline, min(max(sizes), MOST))
        data, reading = _clocked(lambda: read(_uncached(experiment), network, few))
        batch, making = _clocked(lambda: next(iter(data.training.batches(1))))
        _, first = _clocked(lambda: _step(trained, batch))
        step = first if first.wall_s > LONG_S else _quickest(lambda: _step(trained, batch))
        score = _quickest(lambda: trained.evaluate(batch))
        peak = peak_memory_mb() - before
    share = max(sizes) / len(batch)
    each, epochs = 1 / len(batch), experiment.run.epochs
    learning = (step + making) * (each * sum(sizes))
    dev = score * (each * counts["dev"] * bool(experiment.run.eval_dev))
    final = score * (each * (counts["training"] + 2 * counts["dev"] + counts["test"]))
    loading = reading * (len(outline.source.samples) / len(few.source.samples))
    whole = (learning + dev) * epochs + final + loading + Cost(AROUND_S, AROUND_S)
    found = summarised(network)
    return {
        "wall_s": whole.wall_s,
        "cpu_s": whole.cpu_s,
        "peak_memory_mb": peak * share + _pixels_mb(outline) + COPIES * BYTES * found.parameters / MIB + DRAWING_MB,
        "step_ms": 1e3 * step.wall_s * share,
        "loading_s": loading.wall_s,
        "read_once": {"wall_s": loading.wall_s, "cpu_s": loading.cpu_s} if experiment.data.disk_cache else {},
        "steps": epochs * len(sizes),
        "samples": counts,
        "network": dict(found.totals(max(sizes))) | {"activations": found.activations},
    }


def _some(outline: Survey, count: int) -> Survey:
    """As many samples of training, and one each of dev and test, which are not looked at."""
    kept = {name: [*evenly(places, count if name == "training" else 1)] for name, places in outline.members.items()}
    places = [place for own in kept.values() for place in own]
    source = replace(outline.source, samples=tuple(outline.source.samples[place] for place in places))
    anew = {place: number for number, place in enumerate(places)}
    members = {name: [anew[place] for place in own] for name, own in kept.items()}
    return replace(outline, source=source, members=members)


def _uncached(experiment: Experiment) -> Experiment:
    """The same, which leaves what others prepared where it is, and what it prepares nowhere."""
    data = copy(experiment.data)
    data.disk_cache = False
    return replace(experiment, data=data)


def _step(trained: Learner, batch: Batch) -> Mapping[str, float]:
    trained.backprop(batch, rng=Rng(0))
    return trained.update(epoch=0, epochs=1)


def _clocked(work: Callable[[], Any]) -> tuple[Any, Cost]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, Cost(time.perf_counter() - wall, time.process_time() - cpu)


def _quickest(work: Callable[[], Any]) -> Cost:
    """The least of several times: TRIES, or as many as TRYING_S has room for."""
    found = [_clocked(work)[1]]
    while len(found) < TRIES and sum(cost.wall_s for cost in found) < TRYING_S:
        found.append(_clocked(work)[1])
    return Cost(min(cost.wall_s for cost in found), min(cost.cpu_s for cost in found))


def _pixels_mb(outline: Survey) -> float:
    """Of all prepared pictures, MiB: a byte for each value."""
    return len(outline.source.samples) * float(np.prod(outline.sample_shape)) / MIB


def _reset() -> float:
    """Memory that is resident now, MiB; the process's peak begins anew here, where Linux lets it."""
    try:
        CLEAR.write_text("5")
    except OSError:
        return peak_memory_mb()
    return memory_mb()
