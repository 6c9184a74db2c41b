"""How sure the final figures of numbers are: their intervals of 95%, by the bootstrap."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Truth
from nnlab.core.truths import Rows, rows_of
from nnlab.core.types import Array
from nnlab.metrics.base import Metric
from nnlab.metrics.bootstrap import bootstrap
from nnlab.training.callback import Callback

MOST_VALUES = 2_000_000
"""Numbers of a partition that are kept; of more there are no intervals, which would be narrow."""


class Intervals(Callback):
    """Keeps answers that are numbers, and draws from them when all are there.

    Options:  metrics: by their names in files.
    """

    def __init__(self, metrics: Mapping[str, Metric]):
        self._metrics, self._kept = metrics, dict[str, list[tuple[Array, Array]]]()
        self._values: Counter[str] = Counter()

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Keeps a batch, where its answers are rows of numbers; nothing of a partition that becomes too large."""
        if not isinstance(answers, Rows) or partition == "training":
            return
        self._values[partition] += answers.numbers.size
        if self._values[partition] > MOST_VALUES:
            self._kept.pop(partition, None)
            return
        self._kept.setdefault(partition, []).append((np.array(answers.numbers), np.array(rows_of(batch.truths))))

    def summary(self) -> dict[str, dict[str, list[float]]]:
        """By partition and metric, the two ends."""
        found: dict[str, dict[str, list[float]]] = {}
        for partition, pairs in self._kept.items():
            said, true = (Rows(np.concatenate(arrays)) for arrays in zip(*pairs, strict=True))
            for name, metric in self._metrics.items():
                interval = bootstrap(metric, said, true)
                if interval is not None and np.isfinite(interval).all():
                    found.setdefault(partition, {})[name] = list(interval)
        return found
