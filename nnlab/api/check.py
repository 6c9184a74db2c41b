"""`nnlab.check`: the hand-written gradient of a network or a layer against differences."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from nnlab.api.run import Run
from nnlab.api.spoken import spoken
from nnlab.checks.gradients import GradientReport, GradientVerdict, check_gradients
from nnlab.core.batch import Batch, Target
from nnlab.core.errors import CheckError, UsageError
from nnlab.core.heads import Emits
from nnlab.core.notebook import shown, table
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.losses.base import Loss, Term
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.models.graph import Graph
from nnlab.models.hand_probe import HandProbe
from nnlab.models.node import INPUT
from nnlab.models.objective import Objective

HEAD = ("parameter", "distance", "the code says", "differences say", "verdict")


@dataclass(frozen=True)
class Checked:
    """What a gradient check found: true where every gradient is right.

    Options:  report: verdict by verdict (nnlab/checks/gradients.py).
    """

    report: GradientReport

    @property
    def verdicts(self) -> tuple[GradientVerdict, ...]:
        """One for each parameter."""
        return self.report.verdicts

    @property
    def failed(self) -> tuple[GradientVerdict, ...]:
        """The parameters whose gradient is wrong."""
        return self.report.failed

    @property
    def worst_distance(self) -> float:
        """|numeric - analytic| / (|numeric| + |analytic|), the largest of all; right ones are at 1e-7 or below."""
        return self.report.worst_distance

    @property
    def passed(self) -> bool:
        """Whether every gradient is right."""
        return not self.failed

    def require(self) -> "Checked":
        """Itself. Raises CheckError: naming the parameters whose gradient is wrong, if there are any."""
        if not self.passed:
            names = ", ".join(verdict.parameter for verdict in self.failed)
            raise CheckError("the gradient is not that of the loss", where=names, hint="look at what backward gives it")
        return self

    def __bool__(self) -> bool:
        return self.passed

    @property
    def said(self) -> str:
        """In a sentence."""
        count = len(self.verdicts)
        if not self.passed:
            return f"{len(self.failed)} of {count} gradients are wrong"
        return f"all {count} gradients are right, distance at most {self.worst_distance:.1e}"

    def __repr__(self) -> str:
        rows = [HEAD, *map(_row, self.verdicts)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([self.said, "", *lines])

    def _repr_html_(self) -> str:
        """The table, as a notebook shows it."""
        return shown(self.said, table(HEAD, map(_row, self.verdicts)))


def _row(verdict: GradientVerdict) -> tuple[str, ...]:
    values = (f"{verdict.analytic:.6g}", f"{verdict.numeric:.6g}")
    return verdict.parameter, f"{verdict.distance:.1e}", *values, verdict.verdict


@spoken()
def check(
    what: Graph | Layer | Run,
    *,
    in_shape: Shape | None = None,
    loss: Loss | None = None,
    samples: int = 8,
    seed: int = 0,
) -> Checked:
    """Holds the hand-written gradient of every parameter against central differences, in float64, on drawn samples.

        nnlab.check(graph)                                               # a network that is built
        nnlab.check(nnlab.layers.Conv2d(maps=4), in_shape=(8, 8, 3))

    Nothing of the network is changed. A layer is checked behind another, so that the gradient of its input is
    checked too: it is what `before.weight` follows from.

    Options:  what: a graph, a layer, or a run, whose best weights are taken.
              in_shape: of one sample; needed of a layer, and of a graph that is not built.
              loss: what is minimised; None: cross-entropy of classes, the squared error of values.
              samples: how many are drawn.  seed: of samples, targets and dropout.
    Raises:   UsageError: what is no network.
    """
    rng = Rng(seed)
    graph = _graph_of(what, in_shape, rng)
    if not graph.parameters:
        raise UsageError("has no parameters, so no gradient to check", where="graph", hint="add a layer with weights")
    shapes = graph.out_shapes
    terms = {name: Term(loss or _loss_of(outlet.emits)) for name, outlet in graph.heads.items()}
    targets = {
        name: Target(_target(outlet.emits, (samples, *shapes[name]), rng.at("targets", name)))
        for name, outlet in graph.heads.items()
    }
    inputs = rng.at("inputs").generator().random((samples, *graph.in_shape))
    probe = HandProbe(Objective(graph, terms, None), Batch(inputs, targets), rng=rng.at("step"))
    return Checked(check_gradients(probe, rng.at("check")))


def _graph_of(what: object, in_shape: Shape | None, rng: Rng) -> Graph:
    if isinstance(what, Run):
        return what.network()
    if isinstance(what, Layer):
        return _around(what, in_shape, rng)
    if not isinstance(what, Graph):
        hint = "pass a graph, a layer or a run; nnlab.testing.check_layer holds a class of layers against much more"
        raise UsageError(f"is a {type(what).__name__}", where="check", hint=hint)
    if INPUT in what.shapes:
        return what
    if in_shape is None:
        raise UsageError(
            "is not built, so its weights are not there", where="graph", hint="pass in_shape=, or build it"
        )
    return what.build(tuple(in_shape), rng=rng.at("weights"), dtype=np.float64)


def _around(layer: Layer, in_shape: Shape | None, rng: Rng) -> Graph:
    """A layer behind another, whose gradients tell of the gradient of its input."""
    if in_shape is None:
        raise UsageError("has no shape yet", where=type(layer).__name__, hint="pass in_shape=, of one sample")
    graph = Graph(emits="values")
    shape = tuple(in_shape)
    channels = shape[-1]
    graph.add("before", Dense(units=channels) if len(shape) == 1 else Conv2d(maps=channels, kernel=1))
    graph.add(type(layer).__name__.lower(), copy(layer))
    return graph.build(shape, rng=rng.at("weights"), dtype=np.float64)


def _loss_of(emits: Emits) -> Loss:
    return MeanSquaredError() if emits == "values" else CrossEntropy()


def _target(emits: Emits, shape: Sequence[int], rng: Rng) -> Array:
    """Values, or one class of several, at every place."""
    drawn = rng.generator()
    if emits == "values":
        return drawn.standard_normal(tuple(shape))
    classes = drawn.integers(0, shape[-1], tuple(shape[:-1]))
    return np.eye(shape[-1])[classes]
