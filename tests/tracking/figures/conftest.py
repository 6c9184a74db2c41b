"""Four samples in two batches, and what was said of them."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.truths import Labels, Rows, taken

ACTUAL = Labels(np.array([0, 1, 2, 2]))
NUMBERS = Rows(np.array([[0.0, 10.0], [1.0, 20.0], [2.0, 30.0], [3.0, 40.0]]))


class Four:
    """The pixels of sample i are i / 10."""

    def __init__(self, truths: Labels | Rows):
        self.truths = truths

    def batches(self, epoch: int | None = None) -> Any:
        for places in ([0, 1, 2], [3]):
            inputs = np.stack([np.full(4, place / 10, np.float32) for place in places])
            yield Batch(inputs, {}, taken(self.truths, places), [f"{place}.png" for place in places])


@pytest.fixture
def pictures() -> Any:
    """Datasets whose dev and test are those four: of classes, and of numbers."""

    class Made:
        classes = SimpleNamespace(names=("a", "b", "c"), dev=Four(ACTUAL), test=Four(ACTUAL))
        numbers = SimpleNamespace(names=("x", "y"), dev=Four(NUMBERS), test=Four(NUMBERS))

        @staticmethod
        def told(figures: Any, data: Any, **answers: Any) -> Any:
            """The figures, told batch by batch what was answered to each partition."""
            for name, said in answers.items():
                start = 0
                for batch in getattr(data, name).batches():
                    figures.answered(name, batch, taken(said, range(start, start + len(batch))), np.zeros(len(batch)))
                    start += len(batch)
            return figures

    return Made
