"""A run as a float ONNX model, with its own training and test pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.truth import Truth
from nnlab.core.types import Array, Shape
from nnlab.data.encode import encode_pixels
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.options import DataOptions
from nnlab.data.partition import Partition
from nnlab.data.pipeline import preparation
from nnlab.data.prepare import Preparation
from nnlab.data.scaling import Scaling
from nnlab.data.source import Sample
from nnlab.experiment.answering.subject import Subject
from nnlab.experiment.evaluation.subject import own_data
from nnlab.experiment.export import describe, describe_outputs
from nnlab.experiment.trained import Trained, trained_run
from nnlab.models.quantizing import is_quantized


@dataclass(frozen=True, eq=False)
class OwnPictures:
    """A partition of a run's own data, as the run's ONNX file takes it."""

    partition: Partition
    samples: Mapping[str, Sample]
    options: DataOptions
    scaling: Scaling
    shape: Shape
    origin: str

    @property
    def sources(self) -> Sequence[str]:
        """The names of the pictures."""
        return self.partition.sources

    @property
    def truths(self) -> Sequence[Truth]:
        """What is true of them."""
        return self.partition.truths

    def inputs(self, places: Sequence[int]) -> Array:
        """Shapes:  result: (pictures, channels, height, width), or (pictures, features)"""
        return self._turned(self.partition.inputs(np.array(places, np.intp)))

    def prepared(self, place: int) -> Array:
        """From the file: decoded, prepared, scaled."""
        made = self._preparation.images([self.samples[self.sources[place]]])
        if made.faults:
            raise DataError(made.faults[0], where=str(self.path(place)))
        return self._turned(encode_pixels(made.array(), np.float32, False, scaling=self.scaling))

    def path(self, place: int) -> Path | None:
        """Its file; None of a row of an array."""
        sample = self.samples[self.sources[place]]
        return None if sample.rows is not None else sample.path

    def _turned(self, x: Array) -> Array:
        turned = x.reshape(len(x), -1) if len(self.shape) == 1 else x.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(turned, np.float32)

    @cached_property
    def _preparation(self) -> Preparation:
        from dataclasses import replace

        library = DATA_LOADERS.get(self.options.data_loader)()
        return replace(preparation(self.options, library), disk_cache=False, workers=1)


def run_subject(path: str | Path) -> Subject:
    """A run's best weights as a model of float32, its BatchNorm kept.

    Raises:  DataError: no run, no weights, or its dataset is not there any more, or is not what it was trained on.
             UsageError: it rounds to 8 bits already.
    """
    from nnlab.onnx.inference.by_task import TaskReading
    from nnlab.onnx.write.decodings import decoding_of
    from nnlab.onnx.write.export import Form, written

    trained = trained_run(path)
    if is_quantized(trained.network):
        hint = "name the float run that it began with, or write its file: nnlab export RUN"
        raise UsageError("was trained with --quantize=int8, so it is quantised already", where=str(path), hint=hint)
    data, outline, task = own_data(trained)
    decoding = decoding_of(task)
    made = written(trained.network, Form(dtype="float32"), None if decoding is None else (task, decoding))
    reading = TaskReading.of(task, made)
    describe(made.proto, trained, inside=False)
    describe_outputs(made.proto, made, reading)
    names = [output.name for output in made.proto.graph.output]
    samples = {sample.source: sample for sample in outline.source.samples}
    return Subject(
        name=str(path),
        model=made.proto,
        names=trained.names,
        training=_own(trained, data.training, samples),
        test=_own(trained, data.test, samples),
        answers=lambda outputs: reading.answers(dict(zip(names, outputs, strict=True))),
        judge=trained.experiment.accuracy,
        folder=trained.run.folder,
        figure=trained.experiment.figure,
    )


def _own(trained: Trained, partition: Partition, samples: Mapping[str, Sample]) -> OwnPictures | None:
    """None of a partition that is empty."""
    data = trained.experiment.data
    origin = f"the {partition.name} partition of {Path(data.dataset).name}"
    found = OwnPictures(partition, samples, data, trained.scaling, trained.network.in_shape, origin)
    return found if len(partition) else None
