"""The class of every pixel."""

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import VOID, Mask, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array, Shape
from nnlab.data.readers.shared.mask_files import pixels_of
from nnlab.kernels.patches import patches, two_nearest
from nnlab.metrics.base import Metric
from nnlab.metrics.counts import MeanDice, MeanIoU, PixelAccuracy
from nnlab.tasks.base import TASKS, Task
from nnlab.tasks.class_weights import BALANCED, Said, balanced, class_weights, parsed


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Segmentation(Task):
    """The class of every pixel, as pictures in `masks/` beside `images/` have it.

    target = 1 for a pixel's class, 0 for the others;  answer = argmax probabilities, VOID where one is NaN
    weight = w_c + border_weight exp(-(d1 + d2)^2 / (2 border_width^2));  0 where the mask is void

    The second summand is of pixels of class 0 alone: d1 and d2 are how far it is to the two nearest regions of other
    classes, so that what lies between things that nearly touch counts most, whichever loss it is. w_c is the class's
    weight. Of a network whose map is smaller than the picture (no padding) targets are the middle of the masks.

    Shapes:  output: (batch, rows, columns, classes), probabilities or logits
    Source:  Ronneberger, Fischer and Brox, "U-Net", 2015, equation 2 (border_weight 10, border_width 5).
    """

    also_called = ("Segment", "SemanticSegmentation", "Masks")

    truth: ClassVar[type[Truth]] = Mask
    reader: ClassVar[str] = "Masks"
    scales: ClassVar[tuple[float, ...]] = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
    defaults: ClassVar[Mapping[str, str]] = {"loss": "CrossEntropy", "accuracy": "MeanIoU"}

    void: int | None = option(
        255, "value of a mask's pixels that are neither learnt from nor judged by; none for no such value", low=0
    )
    masks: Literal["auto", "ids", "binary"] = option(
        "auto",
        "what values of masks are: numbers of classes (ids), or black and white of two classes, divided in the middle "
        "(binary: JPEG masks too); auto: 0 and 255 alone are two classes",
    )

    border_weight: float = option(
        0.0, "how much more pixels of class 0 count between regions that nearly touch; U-Net's authors: 10", low=0
    )
    border_width: float = option(5.0, "how near is nearly, in pixels (sigma)", above=0, high=50)
    class_weights: Said = option(
        None,
        "how much pixels of a class count in the loss: all alike (none), classes alike (balanced), or numbers",
        metavar="balanced|NAME=WEIGHT,..|WEIGHT,..",
    )

    weights: Array | None = field(init=False, repr=False, default=None)
    names: Sequence[str] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        super().__post_init__()
        self.class_weights = parsed(self.class_weights)

    def fitted(self, names: Sequence[str], truths: Sequence[Truth]) -> "Segmentation":
        """With the weights of these classes."""
        fitted = copy.copy(self)
        if self.class_weights == BALANCED:
            fitted.weights = balanced(names, pixels_of(truths, len(names)))
        else:
            fitted.weights = class_weights(self.class_weights, names, np.arange(len(names)))
        fitted.names = names
        return fitted

    @property
    def record(self) -> Mapping[str, Any]:
        """The weights by name, where classes do not count alike."""
        return (
            {} if self.weights is None else {"class_weights": dict(zip(self.names, self.weights.tolist(), strict=True))}
        )

    def restored(self, record: Mapping[str, Any]) -> "Segmentation":
        """With the weights that the record has."""
        kept = record.get("class_weights")
        if not isinstance(kept, Mapping):
            return self
        restored = copy.copy(self)
        restored.names, restored.weights = tuple(kept), np.array([float(weight) for weight in kept.values()])
        return restored

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
        if self.weights is None and not self.border_weight and known.all():
            return {OUTPUT: Target(value)}
        weight = known.astype(np.float32)
        if self.weights is not None:
            weight *= np.append(self.weights, np.zeros(VOID + 1 - classes)).astype(np.float32)[pixels]
        if self.border_weight:
            weight += np.where(pixels == 0, np.float32(self.border_weight) * self.nearness(pixels), 0)
        return {OUTPUT: Target(value, weight[..., np.newaxis])}

    def nearness(self, pixels: Array) -> Array:
        """exp(-(d1 + d2)^2 / (2 border_width^2)); 0 where that is less than e^-8.

        Shapes:  pixels: (batch, rows, columns), of classes; result: the same, float32
        """
        numbers = patches(np.where(pixels == VOID, 0, pixels))
        first, second = two_nearest(numbers, math.ceil(4 * self.border_width))
        near: Array = np.exp(-np.square(first + second) / np.float32(2 * self.border_width**2))
        return near

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
        (first,) = of_kind([truths[0]], Mask)
        masks = (mask.pixels for mask in of_kind(truths, Mask))  # of a large set never all in memory
        counts = sum(np.bincount(pixels[pixels != VOID], minlength=VOID) for pixels in masks)
        return (Mask(np.full_like(first.pixels, np.argmax(counts))),) * len(truths)


def _wrong(said: Array, true: Array) -> float:
    known = true != VOID
    return float(np.mean(said[known] != true[known])) if known.any() else 0.0
