"""The network of an experiment at several sizes of itself, before there is any data."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.truth import Truth
from nnlab.core.types import Shape
from nnlab.experiment.build import outlined, refuse_unfit, wired
from nnlab.experiment.experiment import Experiment
from nnlab.models.growth import Counted, Factors, Grown, Seed, Size, grown_rows, solved
from nnlab.models.mb_conv_net import MBConvNet
from nnlab.models.summary import Summary, summarised

CLASSES = 10
"""How many classes there are where nobody says."""


@dataclass(frozen=True)
class Plan:
    """What a network becomes.

    Options:  solved: the factor that was solved for.
    """

    experiment: Experiment
    outputs: int
    factors: Factors
    target: float
    tolerance: float
    rows: Sequence[Grown]
    solved: str | None = None

    def document(self) -> dict[str, Any]:
        """What --json prints."""
        factors = self.factors
        return {
            "schema_version": 1,
            "model": self.experiment.chosen["model"],
            "options": self.experiment.model.options(),
            "outputs": self.outputs,
            "alpha": factors.alpha,
            "beta": factors.beta,
            "gamma": factors.gamma,
            "product": factors.product,
            "solved": self.solved,
            "target": self.target,
            "tolerance": self.tolerance,
            "rows": [row.document() for row in self.rows],
        }


@dataclass(frozen=True)
class Wanted:
    """What is asked of a plan.

    Options:  solve: the factor that is to be found, so that one phi costs `target` times.
              outputs: classes; None: as the dataset has, or 10.
    """

    factors: Factors = field(default_factory=Factors)
    phis: Sequence[float] = (0, 1, 2, 3, 4)
    target: float = 2.0
    tolerance: float = 0.1
    solve: str | None = None
    outputs: int | None = None


def plan(experiment: Experiment, wanted: Wanted, *, with_data: bool = False) -> Plan:
    """The table of an experiment's network as it grows; no values are drawn, no picture is decoded.

    Options:  with_data: whether the dataset says how many classes there are.
    Raises:   UsageError: a model that does not grow, or rows that pictures are too small for.
    """
    grows(experiment)
    counted, outputs = counting(experiment, wanted.outputs, with_data=with_data)
    seed, factors = Seed(grows(experiment), experiment.data.resize, counted), wanted.factors
    if wanted.solve is not None:
        factors = solved(wanted.solve, seed, factors, target=wanted.target)
    rows = grown_rows(seed, factors, wanted.phis, target=wanted.target, tolerance=wanted.tolerance)
    return Plan(experiment, outputs, factors, wanted.target, wanted.tolerance, rows, wanted.solve)


def grows(experiment: Experiment) -> MBConvNet:
    """The model of an experiment. Raises UsageError: where it has no factors of depth and width."""
    if not isinstance(experiment.model, MBConvNet):
        name = experiment.chosen["model"]
        raise UsageError(
            f"{name} has no rows of blocks that three factors make larger", where=f"--model={name}",
            hint="leave it out, for MBConvNet, and choose --preset=A, B, C, B0 to B7, or --stages",
        )  # fmt: skip
    return experiment.model


def counting(experiment: Experiment, outputs: int | None, *, with_data: bool) -> tuple[Counted, int]:
    """What counts a network of an experiment's kind, and how many classes it is counted for."""
    task, channels = experiment.task, 1 if experiment.data.grayscale else 3
    names: tuple[str, ...] = tuple(map(str, range(outputs or CLASSES)))
    truths: Sequence[Truth] = ()
    if with_data:
        found = outlined(experiment)
        names, truths = found.names, found.truths

    def counted(model: MBConvNet, size: Size) -> Summary:
        shape: Shape = (size[1], size[0], channels)
        heads = task.heads(names, shape, truths)
        network = wired(replace(experiment, model=model), shape, heads, rng=None)
        refuse_unfit(network, heads, task.amount(names))
        return summarised(network)

    return counted, len(names)
