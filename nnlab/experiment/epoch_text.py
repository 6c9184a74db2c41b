"""An epoch in words, wherever progress is shown."""

from nnlab.metrics.base import Metric
from nnlab.metrics.classes import Classes
from nnlab.training.record import EpochRecord


def scores(record: EpochRecord, metric: Metric | None = None) -> str:
    """Loss and accuracy of an epoch, training and dev, in a few words."""
    metric = metric or Classes()
    name, shown = metric.figure_title, metric.shown
    words = f"loss {record.training.loss:.4g}  {name} {shown(record.training.figure)}"
    if record.dev is not None:
        words += f"  dev loss {record.dev.loss:.4g}  dev {name} {shown(record.dev.figure)}"
    return words


def epoch_line(record: EpochRecord, metric: Metric | None = None) -> str:
    """An epoch as one plain line."""
    return f"epoch {record.epoch}/{record.epochs}  {scores(record, metric)}  {record.seconds:.3f} s"
