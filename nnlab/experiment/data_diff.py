"""The data of an experiment through several image libraries: how far pixels are apart, and which answers change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.evenly import evenly
from nnlab.core.printing import printable
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.inspection.libraries import Apart, Paths
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import preparation_steps, wanted_size
from nnlab.data.source import Sample
from nnlab.experiment.build import Progress, outlined
from nnlab.experiment.data_shown import shown_at
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.contact_sheet import Tile, draw_contact_sheet

if TYPE_CHECKING:
    from nnlab.experiment.predict import RunPredictor
    from nnlab.onnx.inference.answer import Answer

TOLERANCE = 2.0
"""The mean difference of a prepared picture, of 255, that libraries may have: what docs/data-flow.md promises."""


@dataclass(frozen=True)
class Changed:
    """How a run's answers with one library differ from those with the first.

    Options:  pictures: that were answered with both.  changed: places of those whose class is another.
              largest: the greatest difference of a probability, or of a number.
    """

    pictures: int
    changed: tuple[int, ...]
    largest: float


@dataclass(frozen=True, eq=False)
class DataDiff:
    """What was found.

    Options:  libraries: their names; the others are held against the first.  samples: the pictures.
              apart: by library, after each step.  faults: by library and place, why a picture is not read.
              answers: by library; empty without a run.  tolerance: what the greatest mean of a picture may be.
    """

    dataset: str
    paths: Paths
    samples: Sequence[Sample]
    apart: Mapping[str, Sequence[Apart]]
    faults: Mapping[str, Mapping[int, str]]
    run: str | None
    answers: Mapping[str, Changed]
    tolerance: float

    @property
    def libraries(self) -> tuple[str, ...]:
        """Their names, the first one first."""
        return tuple(self.paths.libraries)

    @property
    def worst(self) -> tuple[str, int, float] | None:
        """The library and the place of the picture that differ most when it is prepared, and its mean."""
        found = [(name, *own[-1].worst) for name, own in self.apart.items() if own[-1].worst is not None]
        return max(found, key=lambda one: one[2], default=None)

    @property
    def within(self) -> bool:
        """Whether no picture differs by more than the tolerance, in size, or in whether it can be read."""
        sizes = any(own[-1].other_sizes for own in self.apart.values())
        read = {frozenset(faults) for faults in self.faults.values()}
        return not sizes and len(read) == 1 and (self.worst is None or self.worst[2] <= self.tolerance)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        source = [sample.source for sample in self.samples]
        return {
            "dataset": self.dataset,
            "data_loaders": list(self.libraries),
            "pictures": len(self.samples),
            "tolerance": self.tolerance,
            "within": self.within,
            "steps": [
                {
                    "data_loader": name, "step": own.step, "mean": own.mean, "p99": own.p99, "maximum": own.maximum,
                    "worst": own.worst and {"source": source[own.worst[0]], "mean": own.worst[1]},
                    "other_sizes": own.other_sizes,
                }
                for name, steps in self.apart.items()
                for own in steps
            ],
            "unreadable": {name: {source[at]: why for at, why in own.items()} for name, own in self.faults.items()},
            "run": self.run,
            "predictions": [
                {
                    "data_loader": name, "pictures": own.pictures, "changed": len(own.changed),
                    "sources": [source[at] for at in own.changed], "largest_difference": own.largest,
                }
                for name, own in self.answers.items()
            ],
        }  # fmt: skip

    def draw(self, path: Path) -> None:
        """Writes the picture that differs most of each library: both, and how far they are apart, strengthened.

        Raises:  RunError: when it cannot be written.
        """
        tiles = []
        for name, steps in self.apart.items():
            if (worst := steps[-1].worst) is None:
                continue
            place, mean = worst
            sample = self.samples[place]
            *_, one = self.paths.stages(self.libraries[0], sample)
            *_, other = self.paths.stages(name, sample)
            difference, times = strengthened(one, other)
            pictures = tuple(shown_at(pixels, sample.truth, ()) for pixels in (one, other, difference))
            words = f"{self.libraries[0]}, {name}, their difference x {times}"
            tiles.append(Tile(pictures, (f"{words}: mean {mean:.3g}", sample.source)))
        if tiles:
            title = f"{self.dataset} · what differs most of {len(self.samples):,} pictures"
            draw_contact_sheet(path, tiles, title=title, note="as prepared by each image library")


def strengthened(one: Pixels, other: Pixels) -> tuple[Pixels, int]:
    """How far two pictures are apart, times a whole number by which 99% of the values are no more than 255."""
    apart = np.abs(one.astype(np.int16) - other)
    times = 255 // max(int(np.percentile(apart, 99, method="higher")), 1)
    return np.minimum(apart * times, 255).astype(np.uint8), times


def data_diff(
    experiment: Experiment,
    libraries: Sequence[str],
    count: int,
    *,
    run: str | None = None,
    tolerance: float = TOLERANCE,
    progress: Progress | None = None,
) -> DataDiff:
    """Pictures of an experiment's dataset, spread evenly over it, through each of these libraries.

    Options:  count: how many pictures at most.  run: whose answers are compared, and whose preparation it is.
    Raises:   DataError: no such dataset, or no run.  MissingError: a library that is not there.
    """
    from nnlab.experiment.predict import run_predictor  # not needed without a run

    predictors = {name: run_predictor(run, data_loader=name) for name in libraries} if run is not None else {}
    options: DataOptions = predictors[libraries[0]].data if predictors else experiment.data
    found = outlined(experiment).source.samples
    samples = evenly(found, count)
    made = {name: DATA_LOADERS.get(name)() for name in libraries}
    for library in made.values():
        assert library.version  # raises MissingError where it is not installed
    paths = Paths(libraries=made, steps=preparation_steps(options), wanted=wanted_size(options))
    apart, faults = paths.differences(samples, progress)
    read = [place for place in range(len(samples)) if not any(place in own for own in faults.values())]
    if not read:
        raise DataError("no picture can be read with all of these libraries", where=experiment.data.dataset)
    pictures = [samples[place] for place in read]
    answers = {name: _answers(predictor, paths, name, pictures) for name, predictor in predictors.items()}
    first = libraries[0]
    changed = {name: _changed(read, answers[first], own) for name, own in answers.items() if name != first}
    name = printable(Path(experiment.data.dataset).name)
    return DataDiff(name, paths, samples, apart, faults, run, changed, tolerance)


def _answers(predictor: "RunPredictor", paths: Paths, name: str, samples: Sequence[Sample]) -> "list[Answer]":
    """A few pictures at a time: those of a whole set, decoded, do not fit into memory."""
    found: list[Answer] = []
    for first in range(0, len(samples), predictor.batch):
        some = samples[first : first + predictor.batch]
        found += predictor.predict([paths.decoded(name, sample) for sample in some])
    return found


def _changed(places: Sequence[int], first: "Sequence[Answer]", other: "Sequence[Answer]") -> Changed:
    numbers = [(_numbers(one), _numbers(two)) for one, two in zip(first, other, strict=True)]
    classes = [(_class(one), _class(two)) for one, two in zip(first, other, strict=True)]
    changed = [place for place, (one, two) in zip(places, classes, strict=True) if one != two]
    largest = max(float(np.abs(one - two).max(initial=0.0)) for one, two in numbers)
    return Changed(len(places), tuple(changed), largest)


def _class(answer: "Answer") -> int | str | None:
    """The class that a network names; None of a network that names none."""
    if answer.probabilities is not None:
        return int(np.argmax(answer.probabilities))
    return answer.ranking[0][0] if answer.ranking else None


def _numbers(answer: "Answer") -> Array:
    """What a network gave of a picture: probabilities, or values; nothing where it names a class alone."""
    if answer.probabilities is not None:
        return np.asarray(answer.probabilities, float)
    return np.array(list(answer.values.values()), float)
