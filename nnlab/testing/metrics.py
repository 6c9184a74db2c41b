"""What any metric must do."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.metrics.base import Metric
from nnlab.testing.arrays import untouched
from nnlab.testing.hold import run
from nnlab.testing.options import check_options

MetricClass = type[Metric]


def metrics(cls: MetricClass) -> Iterator[Metric]:
    """Every example of a metric."""
    for options in cls.examples():
        yield make(cls, options)


def _samples() -> tuple[Array, Array]:
    predicted: Array = Rng(10).generator().random((17, 4))
    return predicted, np.eye(4)[np.arange(17) % 4]


def options_survive(cls: MetricClass) -> None:
    """Options are explained, and survive saving and printing."""
    for options in cls.examples():
        check_options(cls, options)


def nothing_seen_is_nan(cls: MetricClass) -> None:
    """Before the first sample, and after `reset`, the figure is NaN."""
    for metric in metrics(cls):
        assert math.isnan(metric.compute()), f"before any sample it is {metric.compute()}"
        metric.update(*_samples())
        metric.reset()
        assert math.isnan(metric.compute()), f"after reset it is {metric.compute()}"


def samples_weigh_alike(cls: MetricClass) -> None:
    """How samples are batched does not matter: a last, small batch weighs by its samples."""
    predicted, target = _samples()
    for metric in metrics(cls):
        metric.update(predicted, target)
        whole = metric.compute()
        assert type(whole) is float, f"the figure is a {type(whole).__name__}, not a float"
        metric.reset()
        for part in (slice(0, 11), slice(11, 12), slice(12, 17)):
            metric.update(predicted[part], target[part])
        parts = metric.compute()
        assert abs(parts - whole) <= 1e-12 * max(1.0, abs(whole)), f"in batches of 11, 1, 5 it is {parts}, not {whole}"


def a_half_counted_epoch_can_be_left(cls: MetricClass) -> None:
    """What `state` gives after some batches, taken over by another one, leads to the same figure, bit for bit."""
    predicted, target = _samples()
    for metric, other in zip(metrics(cls), metrics(cls), strict=True):
        metric.update(predicted[:11], target[:11])
        other.load_state(metric.state())
        for each in (metric, other):
            each.update(predicted[11:], target[11:])
        assert other.compute() == metric.compute(), f"it is {other.compute()}, not {metric.compute()}"


def inputs_are_only_read(cls: MetricClass) -> None:
    """Predictions and targets are not written to."""
    for metric in metrics(cls):
        predicted, target = _samples()
        kept = [predicted.copy(), target.copy()]
        metric.update(predicted, target)
        untouched("argument", [predicted, target], kept)


METRIC_CHECKS: tuple[Callable[[MetricClass], None], ...] = (
    options_survive,
    nothing_seen_is_nan,
    samples_weigh_alike,
    a_half_counted_epoch_can_be_left,
    inputs_are_only_read,
)
"""Every check of a metric."""


def check_metric(cls: MetricClass) -> None:
    """Runs every check on every example of a metric. Raises AssertionError: naming the check and what is wrong."""
    run(METRIC_CHECKS, cls, cls.__name__)
