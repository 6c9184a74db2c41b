"""Whether a network is as often right as it is sure: a reliability diagram and its error."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.metrics.interval import wilson
from nnlab.tracking.pages.linear_scale import LinearScale
from nnlab.tracking.pages.page import table
from nnlab.tracking.pages.plane import BOTTOM, LEFT, RIGHT, SIDE, TOP, Plane
from nnlab.tracking.report.answers import Answers
from nnlab.tracking.report.part import Part, missing

BINS = 10


@dataclass(frozen=True, eq=False)
class Reliability:
    """Answers sorted by confidence into bins of equal width.

    ECE = sum over bins of (samples in the bin / all samples) |accuracy - mean confidence|

    Shapes:  counts, accuracy, confidence: (bins,), NaN where a bin is empty
    Source:  Guo and others, "On calibration of modern neural networks", 2017, equation 3.
    """

    counts: Array
    accuracy: Array
    confidence: Array

    @classmethod
    def of(cls, confidence: Array, right: Array, bins: int = BINS) -> "Reliability":
        """Of each sample: how sure the answer was, 0 to 1, and whether it was right. 1 falls in the last bin."""
        place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
        counts = np.bincount(place, minlength=bins)
        with np.errstate(invalid="ignore"):
            accuracy = np.bincount(place, right.astype(np.float64), bins) / counts
            mean = np.bincount(place, confidence, bins) / counts
        return cls(counts, accuracy, mean)

    @property
    def error(self) -> float:
        """The expected calibration error (ECE), 0 to 1."""
        known = self.counts > 0
        weights = self.counts[known] / self.counts.sum()
        return float((weights * np.abs(self.accuracy[known] - self.confidence[known])).sum())

    @property
    def lean(self) -> float:
        """By how much it is surer than right, on average; below 0 it is less sure than right."""
        known = self.counts > 0
        weights = self.counts[known] / self.counts.sum()
        return float((weights * (self.confidence[known] - self.accuracy[known])).sum())


def reliability(partition: str, answers: Answers) -> Part:
    """The diagram, and its numbers."""
    name = "Is it as often right as it is sure?"
    if not answers.confidence:
        return missing("reliability", name, "its answers have no confidence.")
    found = Reliability.of(np.array(answers.confidence), np.array(answers.right))
    html = f'<div class="pair"><div>{_diagram(found)}</div>{_numbers(found)}</div>'
    lean = "surer than it is right" if found.lean > 0 else "less sure than it is right"
    return Part(
        "reliability",
        name,
        html,
        intro=f"The {partition} answers, sorted by how sure the network was of them. On the dashed line it is right as "
        f"often as it is sure. On average it is {abs(found.lean):.1%} {lean}; the distance from the line, whatever its "
        f"side, is {found.error:.1%} (expected calibration error). Whiskers are 95% intervals: a bin of few samples "
        "says little.",
    )


def _diagram(found: Reliability) -> str:
    plane = Plane(
        LinearScale(0, 1, LEFT, SIDE - RIGHT, share=True),
        LinearScale(0, 1, SIDE - BOTTOM, TOP, share=True),
        "confidence",
        "right",
        "How often answers are right, by how sure the network was",
    )
    parts = []
    for place in np.flatnonzero(found.counts).tolist():
        count, right = int(found.counts[place]), float(found.accuracy[place])
        title = f"{count} samples, sure to {found.confidence[place]:.1%}, right in {right:.1%}"
        parts.append(plane.bar((place / BINS, (place + 1) / BINS), right, title))
        parts.append(plane.whiskers(float(found.confidence[place]), wilson(right, count)))
    return plane.drawn(*parts, plane.diagonal())


def _numbers(found: Reliability) -> str:
    rows = [
        (
            f"{place / BINS:.0%} to {(place + 1) / BINS:.0%}",
            f"{int(found.counts[place]):,}",
            f"{found.confidence[place]:.1%}",
            f"{found.accuracy[place]:.1%}",
        )
        for place in np.flatnonzero(found.counts).tolist()
    ]
    return table({"confidence": False, "samples": True, "mean": True, "right": True}, rows)
