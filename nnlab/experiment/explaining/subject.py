"""What is explained: a trained run, asked for scores and slopes, and how a photo becomes what it reads."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.placement import Placement
from nnlab.core.placements import resized
from nnlab.core.registry import advice
from nnlab.core.types import DTYPES, Array, Shape
from nnlab.data.encode import encode_pixels
from nnlab.data.images.base import DATA_LOADERS, Image, ImageLibrary
from nnlab.data.images.header import file_bytes, read_header
from nnlab.data.options import DataOptions
from nnlab.data.pictures import Picture
from nnlab.data.pipeline import preparation_steps, wanted_size
from nnlab.data.prepare import prepared_shape
from nnlab.data.scaling import Scaling
from nnlab.data.steps.base import PlacingStep
from nnlab.experiment.trained import trained_run
from nnlab.explainers.base import Question
from nnlab.kernels.softmax import softmax
from nnlab.models.slopes import Slopes
from nnlab.onnx.backends.engines import known_engine
from nnlab.tracking.run import Run


@dataclass(frozen=True, eq=False)
class Seen:
    """A photo and what the network reads of it.

    Options:  placement: where the photo's pixels are in what is read.
    Shapes:   x: (height, width, channels)
    """

    photo: Image
    x: Array
    placement: Placement


@dataclass(frozen=True, eq=False)
class Answered:
    """What the run says of a picture, and what is asked about it.

    Options:  answer: the likeliest class; of a regression the value that is explained.
              explained: the class, or value, that is asked about.  score: its score.
    """

    question: Question
    answer: str
    explained: str
    score: float
    probability: float | None


@dataclass(frozen=True, eq=False)
class Subject:
    """A run that is asked why.

    Options:  names: of the classes, or of the numbers that it gives.  noun: what one of them is: "class".
              option: the flag that names one.
    """

    run: Run
    network: Slopes
    names: tuple[str, ...]
    noun: str
    option: str
    data: DataOptions
    scaling: Scaling
    library: ImageLibrary

    @property
    def shape(self) -> Shape:
        """(height, width, channels) of what is read."""
        return prepared_shape(preparation_steps(self.data))

    @cached_property
    def black(self) -> Array:
        """What a black pixel is to the network.  Shapes:  (channels,)"""
        black: Array = self._encoded(np.zeros((1, 1, self.shape[2]), np.uint8))[0, 0]
        return black

    def chosen(self, name: str | None) -> int | None:
        """The number of the score that a name means; None for none.  Raises UsageError: when there is none so named."""
        if name is None or name in self.names:
            return None if name is None else self.names.index(name)
        hint = advice(name, list(self.names))
        raise UsageError(f"is no {self.noun} of this run", where=f"{self.option}={name}", hint=hint)

    def answered(self, seen: Seen, asked: str | None) -> Answered:
        """What it answers. Options:  asked: the class or value that is asked about; None: the one it answers with.

        Raises:  DataError: scores that are no finite numbers.
        """
        scores = self.network.scores(seen.x[None])[0]
        if bad := int(scores.size - np.isfinite(scores).sum()):
            raise DataError(
                f"the network gives no finite numbers ({bad:,} of {scores.size:,} scores are NaN or infinite)"
            )
        likeliest = 0 if self.network.score_kind == "value" else int(scores.argmax())
        named = self.chosen(asked)
        number = likeliest if named is None else named
        question = Question(seen.x, number, self.black)
        names = self.names[likeliest], self.names[number]
        return Answered(question, *names, float(scores[number]), self.probability(scores, number))

    def seen(self, picture: Picture) -> Seen:
        """A picture, decoded as in training, and once more whole where that was less than all of it.

        Raises:  DataError: when it is none.  ResourceError: memory is wanting.
        """
        wanted = wanted_size(self.data)
        read = photo = picture.decoded(self.library, wanted)
        if wanted and picture.rows is None and read_header(file_bytes(picture.path)).reduced(wanted).reduction > 1:
            photo = picture.decoded(self.library)
        before, after = ((spec.width, spec.height) for spec in map(self.library.spec, (photo, read)))
        placement = Placement.unmoved(before) if before == after else resized(before, after)
        for step in preparation_steps(self.data):
            if isinstance(step, PlacingStep):
                placement = step.place(read, self.library).after(placement)
            read = step.apply(read, self.library)
        return Seen(photo, self._encoded(self.library.pixels(read)), placement)

    def probability(self, scores: Array, number: int) -> float | None:
        """That of one score among all, of a run of classes."""
        if self.network.score_kind == "value":
            return None
        if self.network.score_kind == "logit":
            scores = softmax(scores[None], out=np.empty((1, len(scores)), scores.dtype))[0]
        return float(scores[number])

    def _encoded(self, pixels: Array) -> Array:
        x: Array = encode_pixels(pixels[None], self.network.graph.dtype, flatten=False, scaling=self.scaling)[0]
        return x


def run_subject(path: str, *, engine: str = "numpy", threads: int = 0, data_loader: str | None = None) -> Subject:
    """A run folder as a subject.

    Options:  engine: the backend that computes, whichever trained it.  data_loader: the image library; None: its own.
    Raises:  DataError: no run there, or none with weights.  UsageError: a run without a score for a whole picture.
             MissingError: an engine that is not installed.
    """
    if known_engine(engine) == "onnxruntime":
        raise UsageError("gives no gradients", where=f"--engine={engine}", hint="type --engine=numpy or --engine=torch")
    trained = trained_run(path, device="auto", backend=engine, threads=threads)
    data, task = trained.experiment.data, trained.experiment.task
    try:
        network = trained.learner().slopes(DTYPES[trained.experiment.run.dtype])
    except UsageError as error:
        raise UsageError(
            error.what, where=f"--run={path}" + (f": {error.where}" if error.where else ""), hint=error.hint
        ) from error
    library = DATA_LOADERS.get(data_loader or data.data_loader)()
    option = "--class" if network.score_kind != "value" else "--value"
    return Subject(trained.run, network, trained.names, task.noun, option, data, trained.scaling, library)
