"""Boxes of which the network will see next to nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Boxes
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class SmallBoxes(DataCheck):
    """Boxes that are a sliver of their picture: a slip of the mouse, or things that are lost once it is made small."""

    title: ClassVar[str] = "boxes that are hardly there"
    advice: ClassVar[str] = "remove slips of the mouse; for small things train on larger pictures (--resize)"

    least: float = option(0.005, "share of the picture's width and height that a box should have", above=0, high=1)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each picture, that with the smallest first."""
        found = []
        for place, sample in enumerate(data.source.samples):
            boxes = sample.truth
            if not isinstance(boxes, Boxes) or boxes.size is None or not len(boxes.labels):
                continue
            shares = ((boxes.corners[:, 2:] - boxes.corners[:, :2]) / boxes.size).min(axis=1)
            if small := int((shares < self.least).sum()):
                worst = int(np.argmin(shares))
                width, height = boxes.corners[worst, 2:] - boxes.corners[worst, :2]
                what = f"{data.source.names[int(boxes.labels[worst])]} of {width:.4g}x{height:.4g} pixels"
                found.append((float(shares[worst]), place, what, small))
        for _, place, what, small in sorted(found):
            yield Finding(f"has a {what}{f', and {small - 1} more' if small > 1 else ''}", (place,))
