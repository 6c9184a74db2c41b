"""The baselines of a task, fitted and judged as the network beside them was, on a bounded number of samples."""

import copy
import logging
import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.evenly import evenly
from nnlab.core.truths import taken
from nnlab.core.types import Array
from nnlab.data.partition import Data, Partition
from nnlab.metrics.together import update_all
from nnlab.models.graph import Graph
from nnlab.training.scoring import Judgement

LOG = logging.getLogger("nnlab.baselines")

MOST_SAMPLES, MOST_VALUES = 1000, 16 << 20
"""So many samples are judged on; none is fitted to more samples than have so many values (64 MiB of them)."""


def beside(data: Data, judgement: Judgement, network: Graph) -> dict[str, Any] | None:
    """What the baselines of a task reach on test, else on dev: for summary.json and pages; None of a task without.

    One that fails is a warning, and left out: it is not what was asked for.

    Options:  judgement: the fitted task, and its metrics.
    """
    kind = type(judgement.task)
    part = next((part for part in (data.test, data.dev) if len(part)), None)
    if kind not in BASELINES or part is None or not len(data.training):
        return None
    began = time.perf_counter()
    judged = _some(part, MOST_SAMPLES)
    rows, places = [], _some(data.training, min(Baseline.most_samples, _fitting(data.training)))
    with np.errstate(all="ignore"):  # what becomes no number is a figure that is none
        for baseline in BASELINES.of(kind)(judgement.task, data.names, network):
            own = _some(data.training, min(baseline.most_samples, _fitting(data.training)))
            try:
                baseline.fit(data.training.inputs(own), taken(data.training.truths, own))
                figures = _figures(baseline, part, judged, judgement)
            except Exception as error:  # whatever it is, the run is whole without
                LOG.warning("the baseline %s failed: %s: %s", baseline.name, type(error).__name__, error)
                continue
            more = {} if len(own) == len(places) else {"fitted_on": len(own)}
            rows.append({"name": baseline.name, "about": baseline.about, **more, **figures})
    counts = {"partition": part.name, "samples": len(judged), "fitted_on": len(places)}
    return {**counts, "elapsed_s": time.perf_counter() - began, "rows": rows}


def _some(part: Partition, most: int) -> Array:
    """Places of a partition, spread evenly."""
    return np.array(evenly(range(len(part)), most), np.intp)


def _fitting(part: Partition) -> int:
    """So many samples at once have no more than MOST_VALUES values; at least one."""
    return max(1, MOST_VALUES // max(1, math.prod(part.pixel_shape)))


def _figures(baseline: Baseline, part: Partition, places: Array, judgement: Judgement) -> dict[str, float | None]:
    metrics = copy.deepcopy(dict(judgement.metrics))
    for metric in metrics.values():
        metric.reset()
    for some in _cut(part, places):
        update_all(metrics.values(), baseline.answers(part.inputs(some)), taken(part.truths, some))
    figures = {name: float(metric.compute()) for name, metric in metrics.items()}
    return {name: figure if math.isfinite(figure) else None for name, figure in figures.items()}


def _cut(part: Partition, places: Array) -> Iterator[Array]:
    """Pieces of bounded memory."""
    most = _fitting(part)
    for first in range(0, len(places), most):
        yield places[first : first + most]
