"""The class of every pixel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import VOID, Mask, Truth, of_kind
from nnlab.core.types import Array, Shape
from nnlab.metrics.base import Metric
from nnlab.metrics.counts import MeanDice, MeanIoU, PixelAccuracy
from nnlab.tasks.base import TASKS, Task


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Segmentation(Task):
    """The class of every pixel, as pictures in `masks/` beside `images/` have it.

    target = 1 for a pixel's class, 0 for the others;  weight 0 where the mask is void;  answer = argmax probabilities,
    VOID where one is NaN

    Of a network whose map is smaller than the picture (no padding) targets are the middle of the masks.

    Shapes:  output: (batch, rows, columns, classes), probabilities or logits
    """

    also_called = ("Segment", "SemanticSegmentation", "Masks")

    truth: ClassVar[type[Truth]] = Mask
    reader: ClassVar[str] = "Masks"
    defaults: ClassVar[Mapping[str, str]] = {"loss": "CrossEntropy", "accuracy": "MeanIoU"}

    void: int | None = option(
        255, "value of a mask's pixels that are neither learnt from nor judged by; none for no such value", low=0
    )
    masks: Literal["auto", "ids", "binary"] = option(
        "auto",
        "what values of masks are: numbers of classes (ids), or black and white of two classes, divided in the middle "
        "(binary: JPEG masks too); auto: 0 and 255 alone are two classes",
    )

    @property
    def reading(self) -> Mapping[str, Any]:
        """What values of masks are."""
        return {"void": self.void, "masks": self.masks}

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """One: a value for each class at every place."""
        return {OUTPUT: Head((None, None, len(names)))}

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """One-hot pixels, of weight 0 where they are void."""
        rows, columns, classes = shapes[OUTPUT]
        pixels = np.stack([mask.middle(rows, columns).pixels for mask in of_kind(truths, Mask)])
        known = pixels != VOID
        value = (pixels[..., np.newaxis] == np.arange(classes)).astype(np.float32)
        value[~known, 0] = 1  # a distribution there too, which counts for nothing
        return {OUTPUT: Target(value, None if known.all() else known[..., np.newaxis].astype(np.float32))}

    def answers(self, outputs: Mapping[str, Array]) -> tuple[Mask, ...]:
        """The likeliest class of each pixel."""
        scores = outputs[OUTPUT]
        classes = scores.argmax(axis=-1).astype(np.uint8)
        classes[np.isnan(scores).any(axis=-1)] = VOID
        return tuple(map(Mask, classes))

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one, then the others of the three that are usual."""
        usual = [metric for metric in (MeanIoU(), MeanDice(), PixelAccuracy()) if type(metric) is not type(judge)]
        return {metric.figure_key: metric for metric in (judge, *usual)}

    def mistakes(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """The share of a picture's pixels that are of another class."""
        pairs = zip(of_kind(answers, Mask), of_kind(truths, Mask), strict=True)
        return np.array([_wrong(said.pixels, true.middle(*said.pixels.shape).pixels) for said, true in pairs])

    def guesses(self, truths: Sequence[Truth]) -> tuple[Mask, ...]:
        """The class of most pixels, everywhere."""
        masks = [mask.pixels for mask in of_kind(truths, Mask)]
        counts = sum(np.bincount(pixels[pixels != VOID], minlength=VOID) for pixels in masks)
        return (Mask(np.full_like(masks[0], np.argmax(counts))),) * len(masks)


def _wrong(said: Array, true: Array) -> float:
    known = true != VOID
    return float(np.mean(said[known] != true[known])) if known.any() else 0.0
