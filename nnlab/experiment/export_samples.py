"""What an exported file is verified on: samples of the run's own data, or drawn ones where that is gone."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np

from nnlab.core.errors import ComparisonError, DataError
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels
from nnlab.core.types import Array, Shape
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.partition import Data
from nnlab.data.pipeline import Survey, load, wanted_size
from nnlab.data.prepare import Preparation as Prepared
from nnlab.data.source import Sample
from nnlab.experiment.build import outlined
from nnlab.experiment.trained import Trained
from nnlab.metrics.significance import Difference, mcnemar
from nnlab.models.learner import Learner
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.inference.by_task import TaskReading
from nnlab.onnx.write.export import Form, Model
from nnlab.onnx.write.verify import opened_whole

LOG = logging.getLogger("nnlab.export")

MOST = 64
"""Samples that every engine runs; onnx's reference evaluator is slow."""

CHUNK = 64
"""Samples of the test partition that run at once."""


@dataclass(frozen=True)
class Tested:
    """The judging figure of the whole test partition, the run's own and the file's.

    Options:  lost, won: samples that only the run, only the file is right about; None where a figure is no share.
    """

    run: float
    file: float
    samples: int
    lost: int | None = None
    won: int | None = None

    @property
    def difference(self) -> Difference | None:
        """Whether the file is worse, or better, by more than chance; None where that cannot be asked."""
        return None if self.lost is None or self.won is None else mcnemar(self.lost, self.won, self.samples)


@dataclass(frozen=True, eq=False)
class Samples:
    """What goes into the run's learner, and the same as the file takes it.

    Options:  origin: where they are from, in words.  data: None where it is gone.  dtype: the file's.
              files: the data's samples by their sources.
    Shapes:   inputs: (samples, *sample); given: (samples, channels, height, width) of images, uint8 pixels
              (samples, height, width, 3) with the preparation inside.
    """

    inputs: Array
    given: Array
    origin: str
    dtype: str
    trained: Trained
    form: Form
    data: Data | None
    files: Mapping[str, Sample] = field(default_factory=dict)

    @property
    def tests(self) -> int:
        """How many samples the test partition has."""
        return 0 if self.data is None else len(self.data.test)

    def test_figures(
        self, learner: Learner, model: Model, reading: TaskReading, *, bound: float | None
    ) -> Tested | None:
        """The judging figure of the whole test partition: the run's and the file's; None where there is none.

        Options:  reading: of the file's outputs.  bound: how far these may be off; None: a file may answer otherwise.
        Raises:   ComparisonError: when a sample gets another class, unless two classes are as good as equal.
        """
        if self.data is None or not len(self.data.test):
            return None
        run = opened_whole(ENGINES["numpy"], model)
        names = [output.name for output in model.graph.output]
        judges = [copy(self.trained.experiment.accuracy) for _ in range(2)]
        for judge in judges:
            judge.reset()
        hits: list[tuple[Array | None, Array | None]] = []
        for inputs, truths, given in self._test():
            ours = self.trained.experiment.task.answers(learner.predict(inputs))
            theirs = reading.answers(dict(zip(names, run(given), strict=True)))
            hits.append((judges[0].hits(ours, truths), judges[1].hits(theirs, truths)))
            if (
                bound is not None
                and isinstance(ours, Labels)
                and isinstance(theirs, Labels)
                and ours.scores is not None
            ):
                _refuse_other_classes(ours.scores, ours.indexes, theirs.indexes, bound)
            for judge, answers in zip(judges, (ours, theirs), strict=True):
                judge.update(answers, truths)
        return Tested(judges[0].compute(), judges[1].compute(), self.tests, *_parted(hits))

    def _test(self) -> Iterator[tuple[Array, Sequence[Truth], Array]]:
        assert self.data is not None
        for batch in self.data.test.batches():
            for start in range(0, len(batch), CHUNK):
                own = slice(start, start + CHUNK)
                inputs, files = batch.inputs[own], [self.files[source] for source in batch.sources[own]]
                yield inputs, batch.truths[own], _given(self.trained, self.form, inputs, files, self.dtype)


def _parted(hits: Sequence[tuple[Array | None, Array | None]]) -> tuple[int | None, int | None]:
    """How many samples only the first, only the second is right about; None where that is not said."""
    lost = won = 0
    for run, file in hits:
        if run is None or file is None:
            return None, None
        lost, won = lost + int((run & ~file).sum()), won + int((file & ~run).sum())
    return lost, won


def _refuse_other_classes(ours: Array, one: Array, other: Array, bound: float) -> None:
    rows = np.arange(len(ours))
    apart = np.abs(ours[rows, one] - ours[rows, other]) > 2 * bound
    if apart.any():
        what = f"{int(apart.sum())} of {len(ours)} test samples get another class than in the run"
        raise ComparisonError(what, where="export", hint="nothing was written")


def samples_for(trained: Trained, form: Form, model: Model) -> Samples:
    """Samples of dev (of training where dev is empty), or drawn ones where the data cannot be read."""
    dtype = np.dtype(dtype_of(model.graph.output[0].type.tensor_type.elem_type)).name
    try:
        outline = outlined(trained.experiment)
        data: Data | None = _read(trained, outline)
    except DataError as error:
        LOG.warning("the run's data cannot be read (%s): verified on drawn samples", error)
        data = None
    if data is not None and data.sample_shape != trained.network.in_shape:
        LOG.warning("the run's data is not what it was (%s): verified on drawn samples", data.sample_shape)
        data = None
    if data is None:
        return _drawn(trained, form, dtype)
    part = data.dev if len(data.dev) else data.training
    inputs = next(iter(part.batches())).inputs[:MOST]
    files = {sample.source: sample for sample in outline.source.samples}
    given = _given(trained, form, inputs, [files[source] for source in part.sources[: len(inputs)]], dtype)
    origin = f"{part.name} of {trained.experiment.data.dataset}"
    return Samples(inputs, given, origin, dtype, trained, form, data, files)


def _read(trained: Trained, outline: Survey) -> Data:
    """The run's data. Raises DataError: where it is not what it was."""
    experiment = trained.experiment
    return load(experiment.data, dtype=experiment.run.dtype, scaling=trained.scaling, outline=outline)


def _drawn(trained: Trained, form: Form, dtype: str) -> Samples:
    low, high = trained.experiment.data.input_range
    generator = Rng(0).at("export").generator()
    if form.preparation is None:
        shape = (MOST, *trained.network.in_shape)
        ranged = trained.experiment.data.ranged
        inputs = low + (high - low) * generator.random(shape) if ranged else generator.standard_normal(shape)
        inputs = inputs.astype(trained.network.dtype)
        return Samples(inputs, _turned(inputs, dtype), "drawn samples", dtype, trained, form, None)
    pixels = generator.integers(0, 256, (MOST, *form.preparation.shape), dtype=np.uint8)
    return Samples(_prepared(trained, form, pixels), pixels, "drawn images", dtype, trained, form, None)


def _given(trained: Trained, form: Form, inputs: Array, files: Sequence[Sample], dtype: str) -> Array:
    """Samples as the file takes them."""
    if form.preparation is None:
        return _turned(inputs, dtype)
    options = trained.experiment.data
    library = DATA_LOADERS.get(options.data_loader)()
    outside, wanted = form.preparation.outside, wanted_size(options)
    before = Prepared(steps=outside, library=library, workers=options.workers, disk_cache=False, wanted=wanted)
    return before.images(files).array()


def _turned(inputs: Array, dtype: str) -> Array:
    """Images as ONNX has them."""
    turned = inputs.transpose(0, 3, 1, 2) if inputs.ndim == 4 else inputs
    return np.ascontiguousarray(turned, dtype=dtype)


def _prepared(trained: Trained, form: Form, pixels: Array) -> Array:
    """Drawn pixels, prepared by the image steps themselves."""
    from nnlab.data.encode import encode_pixels

    assert form.preparation is not None
    library = DATA_LOADERS.get(trained.experiment.data.data_loader)()
    done = []
    for each in pixels:
        image = library.image(each)
        for step in form.preparation.inside:
            image = step.apply(image, library)
        done.append(library.pixels(image))
    shape: Shape = trained.network.in_shape
    return encode_pixels(np.stack(done), trained.network.dtype, len(shape) == 1, scaling=trained.scaling)
