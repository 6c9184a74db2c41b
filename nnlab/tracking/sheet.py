"""What a sheet of samples shows: which ones, and how their values become pixels."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array


@dataclass(frozen=True, eq=False)
class Predictions:
    """Which classes were said of the samples of a partition.

    Shapes:  actual, predicted: (samples,) class indexes, predicted -1 where undecided;
             confidence: (samples,), of the predicted class, NaN where there is none
    """

    actual: Array
    predicted: Array
    confidence: Array

    def take(self, chosen: Array) -> "Predictions":
        """Those of some samples, in the order of `chosen`."""
        return Predictions(self.actual[chosen], self.predicted[chosen], self.confidence[chosen])


def short(name: str, most: int = 22) -> str:
    """A class name of at most `most` characters."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def choose_samples(predictions: Predictions, count: int) -> Array:
    """The indexes of at most `count` samples: mistakes first, the surest of them first, in at most half the places
    (more when too few are right); then right ones, taking turns through the classes."""
    wrong = np.flatnonzero(predictions.actual != predictions.predicted)
    wrong = wrong[np.argsort(-predictions.confidence[wrong], kind="stable")]
    right = np.flatnonzero(predictions.actual == predictions.predicted)
    turns = np.zeros(len(right), dtype=np.int64)
    for label in np.unique(predictions.actual[right]):
        of_class = predictions.actual[right] == label
        turns[of_class] = np.arange(of_class.sum())
    right = right[np.lexsort((predictions.actual[right], turns))]
    room = max(count // 2, count - len(right))
    chosen = wrong[:room]
    return np.concatenate([chosen, right[: count - len(chosen)]])


def as_shown(images: Array) -> Array:
    """Images as the network saw them, as a screen can show them: (N, height, width, 3), 0 to 1.

    Values outside 0 to 1 are scaled, all images alike; one channel is grey; of more than three, the first three show.
    """
    shown = np.nan_to_num(np.asarray(images, dtype=np.float32), posinf=1, neginf=0)
    shown = shown[..., np.newaxis] if shown.ndim == 3 else shown
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
    if low < 0 or high > 1:
        shown = (shown - low) / ((high - low) or 1)
    return np.repeat(shown[..., :1], 3, axis=-1) if shown.shape[-1] < 3 else shown[..., :3]


@dataclass(frozen=True, eq=False)
class Sheet:
    """Images side by side on white, with room for a caption of two lines under each.

    Shapes:  pixels: (height, width, 3), uint8
    Options:  step_x, step_y: from one image to the next, tall: height of one with its frame; all in pixels.
    """

    pixels: Array
    columns: int
    step_x: int
    step_y: int
    tall: int

    def caption(self, index: int) -> tuple[int, int]:
        """Where the caption of an image starts: x, and y from the top."""
        row, column = divmod(index, self.columns)
        return column * self.step_x, row * self.step_y + self.tall


FRAME, GAP, CAPTION = 3, 8, 40  # pixels


def compose(shown: Array, columns: int, *, framed: Array, colour: Array) -> Sheet:
    """Puts images on one sheet, those that are `framed` with a border of this colour.

    Shapes:  shown: (N, height, width, 3), 0 to 1;  framed: (N,) bool;  colour: (3,), 0 to 1
    """
    sized = to_size(np.round(shown * 255).astype(np.uint8))
    tall, wide = sized.shape[1:3]
    step_x, step_y = wide + 2 * FRAME + GAP, tall + 2 * FRAME + CAPTION
    rows = max(1, math.ceil(len(sized) / columns))
    pixels = np.full((rows * step_y, columns * step_x, 3), 255, np.uint8)
    for i, image in enumerate(sized):
        y, x = i // columns * step_y, i % columns * step_x
        if framed[i]:
            pixels[y : y + tall + 2 * FRAME, x : x + wide + 2 * FRAME] = np.round(colour * 255)
        pixels[y + FRAME : y + FRAME + tall, x + FRAME : x + FRAME + wide] = image
    return Sheet(pixels, columns, step_x, step_y, tall + 2 * FRAME)


def to_size(images: Array) -> Array:
    """Images about 90 to 180 pixels wide, by whole factors so that every pixel of the network's stays a square.

    Shapes:  images: (N, height, width, 3), uint8
    """
    wide = images.shape[2]
    if wide < 90:
        factor = math.ceil(90 / wide)
        return np.repeat(np.repeat(images, factor, axis=1), factor, axis=2)
    factor = math.ceil(wide / 180)
    tall, wide = max(images.shape[1] // factor, 1), wide // factor
    blocks = images[:, : tall * factor, : wide * factor].reshape(len(images), tall, -1, wide, factor, 3)
    averaged: Array = blocks.mean(axis=(2, 4)).astype(np.uint8) if factor > 1 else images
    return averaged


def rgb(colour: str) -> Array:
    """(3,) red, green and blue, 0 to 1, of a colour such as #0072B2."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
