"""A model, ready to say what a picture shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.onnx.backends.base import Runnable
from nnlab.onnx.engines import using
from nnlab.onnx.inference.masks import mask_of
from nnlab.onnx.inference.recipe import Recipe, picture_input

TOLERANCE = 1e-3
"""How far probabilities in half precision may be from adding up to 1."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network says of one picture: of its classes, or where its object is.

    Shapes:  probabilities: (classes,); mask: (height, width) of the picture, uint8
    """

    probabilities: Array | None = None
    mask: Pixels | None = None


@dataclass(frozen=True, eq=False)
class OnnxPredictor:
    """A model on an engine.

    Options:  batch: how many pictures are given at once; one, whatever the file's own batch size is.
    """

    runnable: Runnable
    recipe: Recipe
    library: ImageLibrary
    engine: str
    threads: int = 0
    batch: int = 1

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes; empty where they are not known, or there are none."""
        return self.recipe.labels

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture. Raises DataError: when the output is neither labels nor a mask."""
        return [self._answer(image) for image in images]

    def _answer(self, image: Image) -> Answer:
        y = self.scores(self.recipe.feed.apply(image, self.library))
        squeezed = np.squeeze(y, axis=tuple(axis for axis in range(y.ndim) if y.shape[axis] == 1))
        if self.recipe.kind == "mask" or (self.recipe.kind is None and y.ndim == 4 and squeezed.ndim == 2):
            if squeezed.ndim != 2:
                raise self._strange(y)
            return Answer(mask=mask_of(squeezed, image, self.library))
        if squeezed.ndim > 1:
            raise self._strange(y)
        return Answer(probabilities=probabilities(np.atleast_1d(squeezed)))

    def scores(self, x: Array) -> Array:
        """The model's first output for one picture as the network takes it, in float32."""
        declared = picture_input(self.runnable.view)
        sizes = [size if isinstance(size, int) else None for size in declared.shape or ()]
        if declared.shape is not None and len(sizes) != x.ndim:  # (1, 784) for (1, 784, 1)
            x = x.reshape([1, *(size or -1 for size in sizes[1:])])
        given = x.astype(declared.dtype or np.float32)
        with using(self.engine, self.threads):
            first = self.runnable.run({declared.name: given})[0]
        if not isinstance(first, np.ndarray) or not first.size:
            raise DataError("its first output holds no numbers", where=self.runnable.view.graph.name)
        return first.astype(np.float32)

    def _strange(self, y: Array) -> DataError:
        return DataError(
            f"gives {' x '.join(map(str, y.shape))}: neither the scores of classes nor one mask",
            where=self.runnable.view.graph.outputs[0].name,
            hint="nnlab infer reads classifiers and networks of one mask; see docs/infer.md for others",
        )


def probabilities(scores: Array) -> Array:
    """Scores as probabilities: themselves where they are none below 0 and add up to 1, else their softmax.

    One score alone is that of the second of two classes: a sigmoid's output, or its logit.
    """
    wide = scores.astype(np.float64)
    if len(wide) == 1:
        second = wide if 0 <= wide[0] <= 1 else 1 / (1 + np.exp(-wide))
        return np.concatenate([1 - second, second])
    if wide.min() >= 0 and abs(wide.sum() - 1) < TOLERANCE:
        return wide
    powers = np.exp(wide - wide.max())
    softmax: Array = powers / powers.sum()
    return softmax
