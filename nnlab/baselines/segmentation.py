"""What tells the classes of pixels without a network."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.truth import VOID, Mask, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task
from nnlab.tasks.segmentation import Segmentation

SHADES = 256
"""Shades of grey that are told apart, evenly between the darkest and the brightest training pixel."""


class OneClass(Baseline):
    """answer = the class of most training pixels"""

    name: ClassVar[str] = "one class"
    about: ClassVar[str] = "the class of most training pixels, everywhere"

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Counts them."""
        pixels = np.concatenate([mask.pixels.ravel() for mask in of_kind(truths, Mask)])
        self._class = int(np.argmax(np.bincount(pixels[pixels != VOID], minlength=1)))

    def answers(self, inputs: Array) -> tuple[Mask, ...]:
        """That class."""
        return tuple(Mask(np.full(image.shape[:2], self._class, np.uint8)) for image in inputs)


class GreyThreshold(Baseline):
    """Two classes: grey > threshold, either of them above, by which training has the greatest mean IoU.

    More classes: of each shade of grey, the class that most training pixels of that shade have.

    Options:  classes: how many there are.
    """

    name: ClassVar[str] = "grey threshold"
    about: ClassVar[str] = "by how bright the pixel is: the threshold, or the class of each shade, that suits training"

    def __init__(self, classes: int):
        self._classes = classes

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Counts the pixels of each shade and class."""
        grey = inputs.mean(axis=-1)
        self._low, self._high = float(grey.min()), float(grey.max())
        truth = np.stack([mask.pixels for mask in of_kind(truths, Mask)])
        known = (truth != VOID) & (truth < self._classes)
        cells = self._shade(grey)[known] * self._classes + truth[known]
        counts = np.bincount(cells, minlength=SHADES * self._classes).reshape(SHADES, self._classes)
        self._of_shade = _divided(counts) if self._classes == 2 else counts.argmax(axis=1)

    def _shade(self, grey: Array) -> Array:
        span = self._high - self._low or 1.0
        return np.clip((grey - self._low) * (SHADES / span), 0, SHADES - 1).astype(np.intp)

    def answers(self, inputs: Array) -> tuple[Mask, ...]:
        """By shade."""
        return tuple(map(Mask, self._of_shade[self._shade(inputs.mean(axis=-1))].astype(np.uint8)))


def _divided(counts: Array) -> Array:
    """The class of each shade: one below the best threshold, the other above.  Shapes:  counts: (SHADES, 2)"""
    below = np.concatenate([np.zeros((1, 2), counts.dtype), np.cumsum(counts, axis=0)])
    above = below[-1] - below
    best: tuple[float, int, int] = (-1.0, 0, 0)
    for dark in (0, 1):
        bright = 1 - dark
        ious = [
            both / np.maximum(both + more + less, 1)
            for both, more, less in (
                (below[:, dark], below[:, bright], above[:, dark]),
                (above[:, bright], above[:, dark], below[:, bright]),
            )
        ]
        mean = np.mean(ious, axis=0)
        best = max(best, (float(mean.max()), int(mean.argmax()), dark))
    _, threshold, dark = best
    return np.where(np.arange(SHADES) < threshold, dark, 1 - dark)


@BASELINES.register(Segmentation)
def of_segmentation(task: Task, names: Sequence[str], network: Graph) -> Sequence[Baseline]:
    """One class everywhere, and how bright a pixel is."""
    return (OneClass(), GreyThreshold(len(names)))
