"""The network of an experiment as it would be trained, looked at before there is any data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.types import Shape
from nnlab.data.encode import sample_shape
from nnlab.data.pipeline import preparation_steps
from nnlab.data.prepare import prepared_shape
from nnlab.experiment.build import outlined, refuse_unfit, wired
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.trained import trained_run
from nnlab.models.graph import Graph
from nnlab.models.summary import Summary, summarised

CLASSES = 10
"""How many classes there are where nobody says; one number where the task is of numbers."""


@dataclass(frozen=True)
class AtSize:
    """What a network gives for samples of a shape, by head; or why there is nothing."""

    shape: Shape
    given: Mapping[str, Shape]
    problem: str | None = None


def at_sizes(network: Graph) -> tuple[AtSize, ...]:
    """At half, once and twice the size, with the same weights.

    Raises:  ShapeError: naming the layer whose weights are for one size alone, or samples that are no pictures.
    """
    if len(network.in_shape) != 3:
        raise ShapeError(
            "takes rows of values, which have no size", where="--any-size", hint="choose a model of images"
        )
    rows, columns, channels = network.in_shape
    return tuple(_at(network, (max(1, int(f * rows)), max(1, int(f * columns)), channels)) for f in (0.5, 1, 2))


def _at(network: Graph, shape: Shape) -> AtSize:
    try:
        return AtSize(shape, network.at(shape).out_shapes)
    except ShapeError:
        raise
    except UsageError as error:  # of a network without padding some sizes do not come out
        return AtSize(shape, {}, str(error))


@dataclass(frozen=True)
class Shown:
    """A network in figures.

    Options:  names: of the classes, or of the numbers that it gives.
              sizes: what it gives with the same weights for pictures of other sizes; none where nobody asked.
    """

    experiment: Experiment
    names: tuple[str, ...]
    summary: Summary
    sizes: tuple[AtSize, ...] = ()

    @property
    def title(self) -> str:
        """What it is, of what, for what: "NLayers on 32 x 32 x 3, 10 classes"."""
        sample = " x ".join(map(str, self.summary.in_shape))
        return f"{self.experiment.chosen['model']} on {sample}, {self.experiment.task.amount(self.names)}"

    def document(self, batch: int) -> dict[str, Any]:
        """As JSON. Options:  batch: samples of a step, of which the totals say the memory."""
        return {
            "model": self.experiment.chosen["model"],
            "options": self.experiment.model.options(),
            "task": self.experiment.chosen["task"],
            "outputs": len(self.names),
            "input": list(self.summary.in_shape),
            "layers": [row.document() for row in self.summary.rows],
            "totals": self.summary.totals(batch),
            **({"sizes": [asdict(size) for size in self.sizes]} if self.sizes else {}),
        }


def shown(
    experiment: Experiment, *, outputs: int | None = None, with_data: bool = False, any_size: bool = False
) -> Shown:
    """The network for samples as the settings prepare them; no values are drawn.

    Options:  outputs: how many classes, or numbers, there are.  with_data: whether the dataset says so, from the names
                  of its files.  any_size: whether it is tried at other sizes.
    Raises:  DataError, UsageError: as training would, before it reads a picture.
    """
    task = experiment.task
    if with_data:
        found = outlined(experiment)
        names, shape, truths = found.names, found.sample_shape, found.truths
    else:
        count = outputs or (CLASSES if task.first_head.kind == "classes" else 1)
        names, shape, truths = tuple(map(str, range(count))), _shape(experiment), ()
    heads = task.heads(names, shape, truths)
    network = wired(experiment, shape, heads, rng=None)
    refuse_unfit(network, heads, task.amount(names))
    return Shown(experiment, names, summarised(network), at_sizes(network) if any_size else ())


def shown_run(path: str | Path, *, any_size: bool = False) -> Shown:
    """The network of a run folder. Raises DataError: no run there, or none that has weights."""
    trained = trained_run(path)
    sizes = at_sizes(trained.network) if any_size else ()
    return Shown(trained.experiment, trained.names, summarised(trained.network), sizes)


def _shape(experiment: Experiment) -> Shape:
    """Of a sample, whatever pictures there are: all are prepared to one size."""
    return sample_shape(prepared_shape(preparation_steps(experiment.data)), experiment.data.flatten)
