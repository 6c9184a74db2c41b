"""Occlusion: what a network says when a part of the picture is covered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.types import Array, Shape
from nnlab.explainers.base import AT_ONCE, EXPLAINERS, Explainer, Explanation, Question, Scores
from nnlab.explainers.baselines import Baseline, baseline_of

AUTOMATIC = 8
"""By default the window is so many times smaller than the picture's shorter side."""


@EXPLAINERS.register
@dataclass(kw_only=True, eq=False)
class Occlusion(Explainer):
    """How much the score falls while a window is covered.

    drop(window) = score(x) - score(x with the window as in the baseline)
    map(place)   = mean of the drops of all windows that cover it

    It asks for nothing but scores, so it works for whatever gives some; it asks once for every window.

    Options:  window: its side in the network's pixels; 0: an eighth of the picture's shorter side.
              stride: from one window to the next, 0: half a window; the last ones stand at the edge.
              baseline: what it is covered with.
    Raises:  UsageError: when the window does not fit into the picture, or the stride leaves places out.
    Source:  Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014, section 4.2.
    """

    title: ClassVar[str] = "occlusion"
    needs_slopes: ClassVar[bool] = False

    window: int = option(0, "side of what is covered, in pixels of the network's input; 0: an eighth of it", low=0)
    stride: int = option(0, "pixels from one window to the next; 0: half a window", low=0)
    baseline: Baseline = option("mean", "what a window is covered with")

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Windows that overlap, that do not, and that do not come out even."""
        return {}, {"window": 4, "stride": 4, "baseline": "black"}, {"window": 5, "stride": 3, "baseline": "blur"}

    def refuse(self, network: Any, shape: Shape) -> None:
        """Raises UsageError: for a window or a stride that does not fit."""
        window, stride = self._sizes(shape)
        height, width = shape[:2]
        if window > min(height, width):
            what = f"is larger than the network's input of {width} x {height}"
            raise UsageError(what, where=f"--window={window}", hint=f"at most {min(height, width)}")
        if stride > window:
            what = f"leaves places out between windows of {window}"
            raise UsageError(what, where=f"--stride={stride}", hint=f"at most {window}")

    def explain(self, network: Scores, question: Question) -> Explanation:
        """The weight of every place."""
        self.refuse(network, question.x.shape)
        height, width = question.x.shape[:2]
        window, stride = self._sizes(question.x.shape)
        corners = [(y, x) for y in _starts(height, window, stride) for x in _starts(width, window, stride)]
        drops = self._drops(network, question, corners, window)
        total, times = np.zeros((height, width)), np.zeros((height, width))
        for (y, x), drop in zip(corners, drops, strict=True):
            total[y : y + window, x : x + window] += drop
            times[y : y + window, x : x + window] += 1
        return Explanation(
            total / times,
            facts={"window": window, "stride": stride, "baseline": self.baseline, "windows": len(corners)},
            words=f"{len(corners)} windows of {window} x {window}, covered with {self.baseline}",
        )

    def _sizes(self, shape: Shape) -> tuple[int, int]:
        """Window and stride."""
        window = self.window or max(1, min(shape[:2]) // AUTOMATIC)
        return window, self.stride or max(1, window // 2)

    def _drops(self, network: Scores, question: Question, corners: list[tuple[int, int]], window: int) -> list[float]:
        """How much the score falls with each window; a few at a time."""
        cover = baseline_of(question, self.baseline)
        whole = float(network.scores(question.x[None])[0, question.chosen])
        drops: list[float] = []
        for first in range(0, len(corners), AT_ONCE):
            some = corners[first : first + AT_ONCE]
            covered = np.repeat(question.x[None], len(some), axis=0)
            for sample, (y, x) in zip(covered, some, strict=True):
                sample[y : y + window, x : x + window] = cover[y : y + window, x : x + window]
            scores: Array = network.scores(covered)[:, question.chosen]
            drops += (whole - scores.astype(np.float64)).tolist()
        return drops


def _starts(length: int, window: int, stride: int) -> list[int]:
    """Where windows begin along a side; the last one ends where the side does."""
    starts = list(range(0, length - window + 1, stride))
    return starts if starts[-1] == length - window else [*starts, length - window]
