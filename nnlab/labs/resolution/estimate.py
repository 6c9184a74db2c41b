"""What a cell of the resolution lab takes, from a minibatch of noise: no picture is decoded but a few."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.evenly import evenly
from nnlab.core.rng import Rng
from nnlab.core.truths import taken
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.pipeline import preparation
from nnlab.experiment.build import targets_of
from nnlab.labs.resolution.subject import Size, Subject
from nnlab.models.learner import Learner
from nnlab.training.clock import peak_memory_mb

MOST, DECODED = 64, 16
"""Samples of the minibatch, and pictures that are decoded."""

AROUND_S = 2.5
"""A process, its libraries, the run and its dataset's names."""


def scoring_s(subject: Subject, size: Size, *, precise: bool) -> dict[str, Any]:
    """Of scoring dev at a size, and with `precise` of a pass over training and of scoring it again."""
    trained, batch = subject.trained.learner(), noise(subject, size)
    each = clocked(lambda: trained.evaluate(batch)) / len(batch)
    counts = subject.outline.sizes
    samples = counts["dev"] * (1 + precise) + counts["training"] * precise
    return cost(subject, size, samples * each)


def tuning_s(subject: Subject, learner: Learner, size: Size, epochs: int) -> dict[str, Any]:
    """Of so many epochs of tuning, and of scoring what comes out."""
    batch, counts = noise(subject, size), subject.outline.sizes
    score = clocked(lambda: learner.evaluate(batch)) / len(batch)
    seconds = score * (2 * counts["dev"] + counts["training"])
    if epochs:
        step = clocked(lambda: learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)) / len(batch)
        seconds += step * epochs * counts["training"]
    return cost(subject, size, seconds)


def noise(subject: Subject, size: Size) -> Batch:
    """A minibatch as training has it, but for its pixels."""
    truths = taken(subject.outline.truths, slice(0, min(MOST, subject.most(size))))
    shape = size[1], size[0], subject.shape[2]
    inputs = np.random.default_rng(0).random((len(truths), *shape), np.float32)
    inputs = inputs.astype(subject.trained.network.dtype)
    targets = targets_of(subject.trained.experiment.task, subject.trained.network)(truths, shape)
    cast = {head: target.astype(inputs.dtype) for head, target in targets.items()}
    return Batch(inputs=inputs, targets=cast, truths=truths, sources=[""] * len(truths))


def clocked(work: Callable[[], Any]) -> float:
    """Seconds of a second call: the first one warms up."""
    work()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cost(subject: Subject, size: Size, seconds: float) -> dict[str, Any]:
    """With the reading of its pictures; the processor's seconds are those of its threads."""
    options = subject.options(size)
    samples = subject.outline.source.samples
    some = [samples[place] for place in evenly(range(len(samples)), DECODED)]
    made = preparation(options, DATA_LOADERS.get(options.data_loader)())
    made = type(made)(steps=made.steps, library=made.library, workers=1, disk_cache=False, wanted=made.wanted)
    began = time.perf_counter()
    made.images(some)
    reading = (time.perf_counter() - began) * len(samples) / len(some)
    whole = AROUND_S + reading + seconds
    threads = subject.trained.experiment.run.threads
    return {"wall_s": whole, "cpu_s": AROUND_S + reading + seconds * threads, "peak_memory_mb": peak_memory_mb()}
