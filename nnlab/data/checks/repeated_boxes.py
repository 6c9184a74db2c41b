"""One thing with two boxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Boxes
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected
from nnlab.kernels.boxes import iou


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class RepeatedBoxes(DataCheck):
    """Two boxes of a picture that are nearly the same: a thing that was marked twice, or is said to be two things."""

    title: ClassVar[str] = "one thing, two boxes"
    advice: ClassVar[str] = "keep the right one of each"

    overlap: float = option(0.9, "intersection over union from which two boxes are of one thing", above=0, high=1)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each picture; those whose boxes differ in class first, which contradict each other."""
        found = [
            (pair, place)
            for place, sample in enumerate(data.source.samples)
            if isinstance(sample.truth, Boxes) and (pair := self._worst(sample.truth)) is not None
        ]
        for (first, second, count), place in sorted(found, key=lambda each: each[0][0] == each[0][1]):
            names = data.source.names
            one = f"{names[first]} twice" if first == second else f"{names[first]} and {names[second]}"
            more = f", and {count - 1} more" if count > 1 else ""
            yield Finding(f"has a box in one place that is {one}{more}", (place,))

    def _worst(self, boxes: Boxes) -> tuple[int, int, int] | None:
        """The classes of two that are the same, of different ones rather, and how many such pairs there are."""
        overlaps = np.triu(iou(boxes.corners[:, None], boxes.corners[None]), 1)
        one, other = (overlaps >= self.overlap).nonzero()
        if not len(one):
            return None
        labels = boxes.labels
        worst = int((labels[one] == labels[other]).argmin())
        return int(labels[one[worst]]), int(labels[other[worst]]), len(one)
