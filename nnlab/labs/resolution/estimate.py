"""What a cell of the resolution lab takes, from a minibatch of noise: no picture is decoded but a few."""

import time
from collections.abc import Callable
from dataclasses import replace
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
from nnlab.labs.timed_step import Cost
from nnlab.models.learner import Learner
from nnlab.training.clock import peak_memory_mb

MOST, DECODED = 64, 16
"""Samples of the minibatch, and pictures that are decoded."""

AROUND_S = 2.5
"""A process, its libraries, the run and its dataset's names."""


def scoring(subject: Subject, size: Size, *, precise: bool) -> dict[str, Any]:
    """Of scoring dev at a size, and with `precise` of a pass over training and of scoring it again."""
    trained, batch = subject.trained.learner(), noise(subject, size)
    counts = subject.outline.sizes
    samples = counts["dev"] * (1 + precise) + counts["training"] * precise
    return whole(subject, size, clocked(lambda: trained.evaluate(batch)) * (samples / len(batch)))


def tuning(subject: Subject, learner: Learner, size: Size, epochs: int, *, first: bool) -> dict[str, Any]:
    """Of so many epochs of tuning, and of scoring what comes out. Options:  first: see `whole`."""
    batch, counts = noise(subject, size), subject.outline.sizes
    work = clocked(lambda: learner.evaluate(batch)) * ((2 * counts["dev"] + counts["training"]) / len(batch))
    if epochs:
        step = clocked(lambda: learner.learn(batch, rng=Rng(0), epoch=0, epochs=1))
        work += step * (epochs * counts["training"] / len(batch))
    return whole(subject, size, work, first=first or not subject.trained.experiment.data.disk_cache)


def noise(subject: Subject, size: Size) -> Batch:
    """A minibatch as training has it, but for its pixels."""
    truths = taken(subject.outline.truths, slice(0, min(MOST, subject.most(size))))
    shape = size[1], size[0], subject.shape[2]
    inputs = np.random.default_rng(0).random((len(truths), *shape), np.float32)
    inputs = inputs.astype(subject.trained.network.dtype)
    targets = targets_of(subject.trained.experiment.task, subject.trained.network)(truths, shape)
    cast = {head: target.astype(inputs.dtype) for head, target in targets.items()}
    return Batch(inputs=inputs, targets=cast, truths=truths, sources=[""] * len(truths))


def clocked(work: Callable[[], Any]) -> Cost:
    """Of a second call: the first one warms up."""
    work()
    return once(work)


def once(work: Callable[[], Any]) -> Cost:
    """Of a call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def whole(subject: Subject, size: Size, work: Cost, *, first: bool = True) -> dict[str, Any]:
    """With the process around it, and the reading of its pictures.

    Options:  first: whether no cell before it has read them at that size, after which the cache has them.
    """
    options, samples = subject.options(size), subject.outline.source.samples
    some = [samples[place] for place in evenly(range(len(samples)), DECODED)]
    made = preparation(options, DATA_LOADERS.get(options.data_loader)())
    found = Cost(AROUND_S, AROUND_S) + work
    if first and not made.is_kept(samples):
        uncached = replace(made, disk_cache=False)
        found += once(lambda: uncached.images(some)) * (len(samples) / len(some))
    return {"wall_s": found.wall_s, "cpu_s": found.cpu_s, "peak_memory_mb": peak_memory_mb()}
