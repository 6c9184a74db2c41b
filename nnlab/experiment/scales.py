"""How a trained network does when things are smaller or larger than it learnt them: its figures at several scales."""

import copy
import logging
import math
import time
from typing import Any

import numpy as np

from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.evenly import evenly
from nnlab.core.placements import zoomed
from nnlab.core.truth import Truth
from nnlab.core.truths import taken
from nnlab.core.types import Array
from nnlab.data.partition import Data, Partition
from nnlab.experiment.wide import Wide
from nnlab.layers.resize import Resize
from nnlab.metrics.together import update_all
from nnlab.models.summary import summarised
from nnlab.models.values import new_values
from nnlab.training.scoring import Judgement

LOG = logging.getLogger("nnlab.scales")

MOST_WORK = 2e11
"""Multiply-adds that all of it may take, some seconds: of whole pictures, one at least."""


def at_scales(data: Data, judgement: Judgement, wide: Wide) -> dict[str, Any] | None:
    """The figures on some pictures of test, else of dev, made smaller and larger; answers are brought back to the size
    that their truths have. None of a task without scales, and of a network that is of one size.

    Options:  judgement: the fitted task, and its metrics.  wide: holds the best weights.
    """
    scales = judgement.task.scales
    part = next((part for part in (data.test, data.dev) if len(part)), None)
    if not scales or part is None or data.flatten:
        return None
    began, rows = time.perf_counter(), list[dict[str, Any]]()
    work = summarised(wide.network).multiply_adds * sum(scale**2 for scale in scales)
    places = np.array(evenly(range(len(part)), int(max(1, MOST_WORK // max(1, work)))), np.intp)
    for scale in scales:
        try:
            rows.append({"scale": scale, **_figures(part, places, scale, judgement, wide)})
        except UsageError as error:  # its weights are for one size
            LOG.info("at scale %g: %s", scale, error)
    if len(rows) < 2:
        return None
    counts = {"partition": part.name, "samples": len(places)}
    return {**counts, "elapsed_s": time.perf_counter() - began, "rows": rows}


def _figures(part: Partition, places: Array, scale: float, judgement: Judgement, wide: Wide) -> dict[str, float | None]:
    metrics = copy.deepcopy(dict(judgement.metrics))
    for metric in metrics.values():
        metric.reset()
    rows, columns = part.pixel_shape[:2]
    size = max(1, round(scale * rows)), max(1, round(scale * columns))
    back = zoomed((size[1], size[0]), (0, 0, size[1], size[0]), (columns, rows))
    for place in places:
        x = part.inputs(np.array([place])).astype(wide.network.dtype)
        said: list[Truth] = list(judgement.task.answers(wide.outputs(_resized(x, size))))
        answers = [truth.moved(back) for truth in said] if scale != 1 else said
        update_all(metrics.values(), answers, taken(part.truths, [int(place)]))
    figures = {name: float(metric.compute()) for name, metric in metrics.items()}
    return {name: figure if math.isfinite(figure) else None for name, figure in figures.items()}


def _resized(x: Array, size: tuple[int, int]) -> Array:
    if x.shape[1:3] == size:
        return x
    layer = Resize(size=size, mode="bilinear")
    layer.build(x.shape[1:], new=new_values("resized", None, x.dtype))
    y, _ = layer.forward(x, ctx=Context())
    return y
