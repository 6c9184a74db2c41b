"""What any metric must do."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.metrics.base import Metric
from nnlab.testing.arrays import untouched
from nnlab.testing.options import check_options


def _samples() -> tuple[Array, Array]:
    predicted: Array = Rng(10).generator().random((17, 4))
    return predicted, np.eye(4)[np.arange(17) % 4]


def nothing_seen_is_nan(metric: Metric) -> None:
    """Before the first sample, and after `reset`, the figure is NaN."""
    assert math.isnan(metric.compute()), f"before any sample it is {metric.compute()}"
    metric.update(*_samples())
    metric.reset()
    assert math.isnan(metric.compute()), f"after reset it is {metric.compute()}"


def samples_weigh_alike(metric: Metric) -> None:
    """How samples are batched does not matter: a last, small batch weighs by its samples."""
    predicted, target = _samples()
    metric.update(predicted, target)
    whole = metric.compute()
    assert type(whole) is float, f"the figure is a {type(whole).__name__}, not a float"
    metric.reset()
    for part in (slice(0, 11), slice(11, 12), slice(12, 17)):
        metric.update(predicted[part], target[part])
    assert abs(metric.compute() - whole) <= 1e-12, f"in batches of 11, 1 and 5 it is {metric.compute()}, not {whole}"


def inputs_are_only_read(metric: Metric) -> None:
    """Predictions and targets are not written to."""
    predicted, target = _samples()
    kept = [predicted.copy(), target.copy()]
    metric.update(predicted, target)
    untouched("argument", [predicted, target], kept)


METRIC_CHECKS: tuple[Callable[[Metric], None], ...] = (nothing_seen_is_nan, samples_weigh_alike, inputs_are_only_read)
"""Every check of a metric."""


def check_metric(cls: type[Metric]) -> None:
    """Runs every check on every example of a metric. Raises AssertionError: naming what is wrong."""
    for options in cls.examples():
        check_options(cls, options)
        for check in METRIC_CHECKS:
            metric: Any = make(cls, options)
            try:
                check(metric)
            except AssertionError as error:
                raise AssertionError(f"{metric!r}: {check.__name__}: {error}") from None
