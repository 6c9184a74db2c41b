"""From pictures to vectors, by a run or an ONNX model."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.reading import open_file
from nnlab.core.truth import Vector
from nnlab.core.types import Array
from nnlab.data.pictures import Picture
from nnlab.experiment.embedded.vectors_file import EmbeddedPictures
from nnlab.experiment.infer import Inference, Predictor, Progress
from nnlab.kernels.unit import lengths
from nnlab.onnx.inference.answer import Answer

Failed = Callable[[str, str], None]
"""Called with a picture that has no vector, and why."""


@dataclass(eq=False)
class Embedder:
    """What gives pictures their vectors.

    Options:  predictor: a run, or a model on an engine.  model: a digest of its weights.  name: for messages.
              failed: how many pictures had none; starved: of how many of those because memory was wanting.
    """

    predictor: Predictor
    model: str
    name: str
    failed: int = field(default=0, init=False)
    starved: int = field(default=0, init=False)

    def embed(self, pictures: Sequence[Picture], progress: Progress | None, failed: Failed) -> EmbeddedPictures:
        """Their vectors, in their order; those that cannot be read are told to `failed` and left out.

        Raises:  DataError: the model gives no vectors, or no picture has one.
        """
        inference, rows, sources = Inference(self.predictor), list[Array](), list[str]()
        with closing(inference.results(pictures, progress)) as results:  # also where the first gives no vector
            for result in results:
                if result.problem is not None or result.answer is None:
                    failed(result.source, result.problem or "no answer")
                    continue
                rows.append(vector_of(result.answer, self.name))
                sources.append(result.source)
        self.failed += inference.failed
        self.starved += inference.starved
        if not rows:
            raise DataError("no picture of these has a vector", where=pictures[0].source if pictures else self.name)
        return EmbeddedPictures(np.stack(rows), tuple(sources), self.model)


def vector_of(answer: Answer, name: str) -> Array:
    """What is said of a picture as a vector of length 1. Raises DataError: it is none."""
    if isinstance(answer.truth, Vector):
        numbers = np.array(answer.truth.numbers, np.float64)
    elif answer.values:  # of a model that says nothing of what its numbers are
        numbers = np.array(list(answer.values.values()), np.float64)
    else:
        hint = "name a run of --task=Embedding, its exported file, or an ONNX model that gives vectors"
        raise DataError("gives no vectors", where=name, hint=hint)
    return (numbers / lengths(numbers)).astype(np.float32)


def digest_of(path: Path) -> str:
    """Of a file of weights. Raises DataError: it cannot be read."""
    try:
        with open_file(path) as file:
            digest = hashlib.sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
            return digest.hexdigest()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", where=str(path)) from None
