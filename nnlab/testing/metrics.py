"""What any metric must do."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnlab.core.component import make
from nnlab.core.pictures import Picture, Pictures
from nnlab.core.placement import VOID
from nnlab.core.rng import Rng
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values, Vector
from nnlab.core.truths import Labels, Rows, Vectors
from nnlab.core.types import Array
from nnlab.metrics.base import Metric
from nnlab.metrics.together import update_all
from nnlab.testing.arrays import untouched
from nnlab.testing.hold import run
from nnlab.testing.options import check_options
from nnlab.testing.points import some_points

MetricClass = type[Metric]


def metrics(cls: MetricClass) -> Iterator[Metric]:
    """Every example of a metric."""
    for options in cls.examples():
        yield make(cls, options)


def _samples(cls: MetricClass) -> tuple[Sequence[Truth], Sequence[Truth]]:
    """Answers and truths of the kind that a metric judges. Raises TypeError: for a kind that is not known here."""
    generator = Rng(10).generator()
    if cls.judges is Values:
        truths = generator.standard_normal((17, 3))
        return Rows(truths + generator.standard_normal((17, 3))), Rows(truths)
    if cls.judges is Picture:
        images = generator.integers(0, 256, (17, 4, 3, 1), dtype=np.uint8)
        return Pictures(generator.random((17, 12), np.float32)), Pictures(images)
    if cls.judges is Mask:
        maps = generator.integers(0, 4, (2, 17, 3, 5))
        maps[1, :, 0, 0] = VOID
        return tuple(map(Mask, maps[0])), tuple(map(Mask, maps[1]))
    if cls.judges is Boxes:
        sides = np.sort(generator.integers(0, 9, (17, 5, 2, 2)), axis=2).reshape(17, 5, 4).astype(float)
        labels, sure = generator.integers(0, 3, (17, 5)), generator.random((17, 5))
        near = sides + generator.integers(0, 2, sides.shape)
        return tuple(map(Boxes, near, labels, sure)), tuple(map(Boxes, sides, labels))
    if cls.judges is Vector:
        return Vectors(generator.standard_normal((17, 3))), Labels(np.arange(17) % 4)
    if cls.judges is Points:
        true = some_points(17, 3, (40, 30))
        return tuple(Points(each.places + generator.normal(0, 3, (3, 2)), each.seen) for each in true), true
    if cls.judges is not Label:
        raise TypeError(f"no samples of {cls.judges.__name__} to judge")
    scores: Array = generator.random((17, 4))
    return Labels(scores.argmax(axis=1), scores), Labels(np.arange(17) % 4)


def _arrays(*several: Sequence[Truth]) -> list[Array]:
    held = [
        part for truths in several for part in ([truths] if isinstance(truths, (Labels, Rows, Vectors)) else truths)
    ]
    return [array for part in held for array in vars(part).values() if array is not None]


def options_survive(cls: MetricClass) -> None:
    """Options are explained, and survive saving and printing."""
    for options in cls.examples():
        check_options(cls, options)


def nothing_seen_is_nan(cls: MetricClass) -> None:
    """Before the first sample, and after `reset`, the figure is NaN."""
    for metric in metrics(cls):
        assert math.isnan(metric.compute()), f"before any sample it is {metric.compute()}"
        metric.update(*_samples(cls))
        metric.reset()
        assert math.isnan(metric.compute()), f"after reset it is {metric.compute()}"


def samples_weigh_alike(cls: MetricClass) -> None:
    """How samples are batched does not matter: a last, small batch weighs by its samples."""
    answers, truths = _samples(cls)
    for metric in metrics(cls):
        metric.update(answers, truths)
        whole = metric.compute()
        assert type(whole) is float, f"the figure is a {type(whole).__name__}, not a float"
        metric.reset()
        for part in (slice(0, 11), slice(11, 12), slice(12, 17)):
            metric.update(answers[part], truths[part])
        parts = metric.compute()
        assert abs(parts - whole) <= 1e-12 * max(1.0, abs(whole)), f"in batches of 11, 1, 5 it is {parts}, not {whole}"


def a_half_counted_epoch_can_be_left(cls: MetricClass) -> None:
    """What `state` gives after some batches, taken over by another one, leads to the same figure, bit for bit."""
    answers, truths = _samples(cls)
    for metric, other in zip(metrics(cls), metrics(cls), strict=True):
        metric.update(answers[:11], truths[:11])
        other.load_state(metric.state())
        for each in (metric, other):
            each.update(answers[11:], truths[11:])
        assert other.compute() == metric.compute(), f"it is {other.compute()}, not {metric.compute()}"


def inputs_are_only_read(cls: MetricClass) -> None:
    """Answers and truths are not written to."""
    for metric in metrics(cls):
        answers, truths = _samples(cls)
        kept = [array.copy() for array in _arrays(answers, truths)]
        metric.update(answers, truths)
        untouched("argument", _arrays(answers, truths), kept)


def beside_others_the_figure_is_the_same(cls: MetricClass) -> None:
    """Metrics that take in a batch together share what they ask of it, and none of them is another's figure for it."""
    answers, truths = _samples(cls)
    together = list(metrics(cls))
    for part in (slice(0, 11), slice(11, 17)):
        update_all(together, answers[part], truths[part])
    for metric, other in zip(metrics(cls), together, strict=True):
        for part in (slice(0, 11), slice(11, 17)):
            metric.update(answers[part], truths[part])
        assert other.compute() == metric.compute(), f"beside others it is {other.compute()}, not {metric.compute()}"


METRIC_CHECKS: tuple[Callable[[MetricClass], None], ...] = (
    options_survive,
    nothing_seen_is_nan,
    samples_weigh_alike,
    a_half_counted_epoch_can_be_left,
    inputs_are_only_read,
    beside_others_the_figure_is_the_same,
)
"""Every check of a metric."""


def check_metric(cls: MetricClass) -> None:
    """Runs every check on every example of a metric. Raises AssertionError: naming the check and what is wrong."""
    run(METRIC_CHECKS, cls, cls.__name__)
