"""An ONNX file as a float model, with the pictures of a dataset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels, together
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import DATA_LOADERS, ImageLibrary
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import survey
from nnlab.data.source import Sample, Source
from nnlab.experiment.answering.subject import Pictures, Subject
from nnlab.experiment.place import named_at
from nnlab.metrics.base import METRICS

if TYPE_CHECKING:
    from nnlab.onnx.backends.base import Runnable
    from nnlab.onnx.inference.load import ReadModel
    from nnlab.onnx.inference.recipe import Feed

NAMED = 6
"""How many names a message has."""


@dataclass(frozen=True, eq=False)
class FedPictures:
    """Pictures of a dataset, fed to a file as its recipe says; what was decoded is kept."""

    samples: Sequence[Sample]
    truths: Sequence[Truth]
    feed: "Feed"
    library: ImageLibrary
    given: Callable[[Array], Array]
    origin: str
    kept: dict[int, Pixels] = field(default_factory=dict)

    @property
    def sources(self) -> Sequence[str]:
        """The names of the pictures."""
        return [sample.source for sample in self.samples]

    def inputs(self, places: Sequence[int]) -> Array:
        """As the file takes them."""
        for place in places:
            if place not in self.kept:
                self.kept[place] = self._pixels(place)
        return np.concatenate([self.given(self.feed.input(self.kept[place])) for place in places])

    def prepared(self, place: int) -> Array:
        """From the file: decoded, and brought to the size."""
        return self.given(self.feed.input(self._pixels(place)))

    def path(self, place: int) -> Path | None:
        """Its file; None of a row of an array."""
        sample = self.samples[place]
        return None if sample.rows is not None else sample.path

    def _pixels(self, place: int) -> Pixels:
        sample = self.samples[place]
        if (pixels := sample.pixels) is not None:
            return self.feed.pixels(self.library.from_array(pixels), self.library)
        return self.feed.pixels(self.library.read(sample.path), self.library)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A file and its pictures, as a user names them.

    Options:  data: a dataset's name or folder.  flags: options of `Preprocessing` that were said.  Others as for
              `read_for_pictures`.
    """

    file: str
    data: str | None
    flags: Mapping[str, Any] = field(default_factory=dict)
    datasets_path: str | None = None
    models_path: str = "models"
    like: str | None = None
    labels: str | None = None


def file_subject(named: Named) -> Subject:
    """A file, and the pictures of a dataset: its training partition to calibrate on, its test partition to judge by.

    Raises:   UsageError: no data was named; its classes are others than the file's; the file takes something else.
              DataError: there is no such file, or no such dataset.
    """
    from nnlab.onnx.inference.load import read_for_pictures

    name, data = named.file, named.data
    more = {"models_path": named.models_path, "like": named.like, "labels": named.labels}
    read = read_for_pictures(name, named.flags, **more)  # type: ignore[arg-type]
    if data is None:
        hint = "name labelled pictures, a dataset or a folder: --data=cifar10"
        raise UsageError("a file says nothing of the pictures that it was trained on", where=name, hint=hint)
    found, members = _pictures_of(data, named.datasets_path)
    library = DATA_LOADERS.get("Vips")()
    given = _given(read)
    try_out = FedPictures(found.samples, (), read.recipe.feed, library, given, "")
    answers, why_not, order = _reading(read, try_out.inputs([members["training"][0]]), found)
    parts = {
        part: _part(
            found, places, order, replace(try_out, origin=f"the {part} partition of {Path(data).name}", kept={})
        )
        for part, places in members.items()
    }
    return Subject(
        name=name,
        model=read.view.proto,
        names=read.recipe.labels or found.names,
        training=parts["training"],
        test=parts["test"],
        answers=answers,
        judge=None if answers is None else METRICS.get("Classes")(),
        why_not=why_not,
        batch=_batch(read),
    )


def _pictures_of(data: str, datasets_path: str | None) -> tuple[Source, Mapping[str, Sequence[int]]]:
    name, parent = named_at(data, datasets_path)
    outline = survey(DataOptions(dataset=name, datasets_path=parent))
    return outline.source, outline.members


def _part(found: Source, places: Sequence[int], order: Sequence[int] | None, like: FedPictures) -> Pictures | None:
    """One partition; None where it is empty. Options:  order: the file's class of each of the dataset's."""
    if not len(places):
        return None
    own = [found.samples[place] for place in places]
    truths = together([sample.truth for sample in own])
    if order is not None and isinstance(truths, Labels):
        truths = Labels(np.asarray(order)[truths.indexes])
    return replace(like, samples=own, truths=truths)


def _given(read: "ReadModel") -> Callable[[Array], Array]:
    """What brings a prepared picture to the declared shape and type, as `OnnxPredictor.outputs` does."""
    from nnlab.onnx.inference.recipe import picture_input

    declared = picture_input(read.view)
    sizes = [size if isinstance(size, int) else None for size in declared.shape or ()]

    def given(x: Array) -> Array:
        if declared.shape is not None and len(sizes) != x.ndim:
            x = x.reshape([len(x), *(size or -1 for size in sizes[1:])])
        return np.ascontiguousarray(x, declared.dtype or np.float32)

    return given


def _batch(read: "ReadModel") -> int | None:
    """How many pictures it takes at once; None for any number."""
    shape = read.view.graph.inputs[0].shape
    return shape[0] if shape and isinstance(shape[0], int) else None


Reading = tuple[Callable[[Sequence[Array]], Sequence[Truth]] | None, str, Sequence[int] | None]


def _reading(read: "ReadModel", x: Array, found: Source) -> Reading:
    """What makes labels of the outputs of a batch, or why nothing does; and the file's class of each of the dataset's.

    Raises:  UsageError: its classes are others than the dataset's.
    """
    from nnlab.onnx.backends.engines import load

    outputs = _first(load(read.view), read, x)
    if read.recipe.task is not None:
        task, names = read.recipe.task, [value.name for value in read.view.graph.outputs]
        order = _order(read.recipe.labels, found, len(read.recipe.labels))
        return lambda outputs: task.answers(dict(zip(names, outputs, strict=True))), "", order
    place, why_not = _scores(read, outputs, x)
    if place is None:
        return None, why_not, None
    count = int(np.asarray(outputs[place])[0].size)
    order = _order(read.recipe.labels, found, count)

    def answers(outputs: Sequence[Array]) -> Sequence[Truth]:
        scores = np.asarray(outputs[place], np.float64).reshape(len(outputs[place]), -1)
        return Labels(scores.argmax(axis=1), scores)

    return answers, "", order


def _first(runnable: "Runnable", read: "ReadModel", x: Array) -> Sequence[Array]:
    from nnlab.experiment.answering.subject import filled

    name = read.view.graph.inputs[0].name
    return filled(lambda x: [np.asarray(y) for y in runnable.run({name: x})], x, _batch(read))


def _scores(read: "ReadModel", outputs: Sequence[Array], x: Array) -> tuple[int | None, str]:
    """The place of the output that has a score for each class, or why none has."""
    from nnlab.onnx.inference.reading import Reader

    try:
        choice = Reader(read.view, read.recipe).choice(outputs, x)
    except DataError as error:
        return None, error.what
    if choice.main.form != "scores" or choice.main.value.size < 2:
        return None, f"its output {choice.main.name} is {choice.main.form}, not the scores of classes"
    return choice.main.place, ""


def _order(labels: Sequence[str], found: Source, count: int) -> Sequence[int]:
    """The file's class of each of the dataset's. Raises UsageError: they are not the same classes."""
    if not found.labelled:
        raise UsageError("its pictures have no classes", where=f"--data={printable(str(found.folder))}")
    where = f"--data={printable(found.folder.name)}"
    if not labels:
        if len(found.names) != count:
            what = f"has {len(found.names)} classes, and the file gives scores of {count}"
            raise UsageError(what, where=where, hint="name them: --labels=FILE, one in each line")
        return range(count)
    if unknown := [name for name in found.names if name not in labels]:
        near = nearest(unknown[0], list(labels))
        what = f"has {_listed(unknown)}, which the file does not know: it knows {_listed(labels)}"
        raise UsageError(what, where=where, hint=did_you_mean(near) if near else "choose other pictures, or --labels")
    return [list(labels).index(name) for name in found.names]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(map(printable, names[:NAMED])) + more
