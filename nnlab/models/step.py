"""The training step as it is written by hand: backprop, then update."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from nnlab.core.batch import Batch
from nnlab.core.context import Context, Watch
from nnlab.core.rng import Rng
from nnlab.core.stopwatch import Stopwatch
from nnlab.core.types import Array
from nnlab.kernels.threads import at_most_threads
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.models.hand_probe import HandProbe
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.learner import WHOLE, Learner, Part, StepResult
from nnlab.models.moments import BatchMoments
from nnlab.models.objective import Objective
from nnlab.models.probe import PROBE_SAMPLES
from nnlab.optimizers.optimizer import Optimizer

QUIET = np.errstate(all="ignore")
"""A value that is not finite is for the instability check to name, with its layer and files, not for a warning."""


class HandStep(Learner):
    """A graph, its objective and its optimizer, and the steps that they take; a subclass says what a pass works with.

    Options:  graph: built; it is the one that learns.  optimizer: its penalty joins the loss.
              threads: share products; 0 for as many as whoever calls has said.
    """

    def __init__(self, graph: Graph, *, loss: Losses, optimizer: Optimizer, threads: int = 0):
        self.graph, self.optimizer, self._threads = graph, optimizer, threads
        self.objective = Objective(graph, loss, optimizer.penalty)
        optimizer.late = graph.late

    @abstractmethod
    def _context(self, *, training: bool, rng: Rng | None = None, watch: Watch | None = None) -> Context:
        """The context of a pass that starts now."""

    @QUIET
    def backprop(self, batch: Batch, *, rng: Rng, watch: Watch | None = None, part: Part = WHOLE) -> StepResult:
        """Zero, forward, loss, backward, observe."""
        timed = Stopwatch()
        with timed.rest("forward"), at_most_threads(self._threads):
            ctx = self._context(training=True, rng=rng, watch=watch)
            objective = self.objective.at(batch.inputs.shape[1:])
            passed = objective.backprop(batch, ctx, part=part, timed=timed, observe=True)
            outputs = objective.read(passed.outputs)
        return StepResult(passed.loss, passed.penalty, outputs, timed.seconds)

    @QUIET
    def update(self, *, epoch: int, epochs: int) -> Mapping[str, float]:
        """Clips, decays, and moves every weight by its gradient; averages, where that is asked for."""
        timed = Stopwatch()
        with timed.rest("update"), at_most_threads(self._threads):
            kept = self.graph
            timed("update", self.optimizer.step, kept.parameters, epoch=epoch, epochs=epochs, others=kept.others)
        return timed.seconds

    def unfreeze(self) -> None:
        """Has every parameter learn from now on."""
        self.graph.freeze(())
        self.optimizer.unfreeze()

    def settle(self, nodes: Collection[str]) -> None:
        """Has these nodes run as in evaluation from now on."""
        self.graph.settle(nodes)

    def slow(self, halvings: int) -> None:
        """Has the learning rate be halved so many times."""
        self.optimizer.halvings = halvings

    @QUIET
    def evaluate(self, batch: Batch, *, each: bool = False) -> StepResult:
        """Scores a batch in evaluation mode, perhaps sample by sample; changes nothing."""
        ctx = self._context(training=False)
        timed = Stopwatch()
        objective = self.objective.at(batch.inputs.shape[1:])
        with at_most_threads(self._threads):
            outputs = timed("evaluate", objective.graph.outputs, batch.inputs, ctx)
            loss, _ = timed("evaluate", objective.mean_loss, outputs, batch.targets, ctx)
            alone = timed("evaluate", objective.each, outputs, batch.targets, ctx) if each else None
            return StepResult(loss, objective.penalty_value(), objective.read(outputs), timed.seconds, alone)

    @QUIET
    def predict(self, inputs: Array) -> Mapping[str, Array]:
        """What the heads say in evaluation mode."""
        with at_most_threads(self._threads):
            objective = self.objective.at(inputs.shape[1:])
            return objective.read(objective.graph.outputs(inputs, self._context(training=False)))

    @QUIET
    def moments(self, batch: Batch) -> Mapping[str, BatchMoments]:
        """What each BatchNorm sees of a batch, by node."""
        with at_most_threads(self._threads):
            graph = self.graph.at(batch.inputs.shape[1:])
            return graph.moments(batch.inputs, self._context(training=False))

    @property
    def parameter_count(self) -> int:
        """How many numbers learn."""
        return self.graph.parameter_count

    def readers(self) -> Mapping[str, Sequence[str]]:
        """For every node and the input: the nodes that read its output."""
        return self.graph.readers()

    def probe(self, batch: Batch, *, rng: Rng, max_samples: int | None = PROBE_SAMPLES) -> HandProbe:
        """A float64 copy of the objective on at most `max_samples` of a batch (None: all), for a gradient check."""
        return HandProbe(self.objective.at(batch.inputs.shape[1:]), batch, rng=rng, max_samples=max_samples)

    def slopes(self, dtype: npt.DTypeLike | None = None) -> HandSlopes:
        """A copy of the network that says how its scores change with what its nodes give."""
        return HandSlopes(self.graph.astype(dtype or self.graph.dtype), threads=self._threads)

    def state(self) -> dict[str, Array]:
        """Copies of every weight and buffer, by name."""
        return self.graph.state()

    def held(self) -> dict[str, Array]:
        """Every weight and buffer, by name, by reference."""
        return self.graph.held()

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes weights and buffers over."""
        self.graph.load_state(state)

    def optimizer_state(self) -> dict[str, Array]:
        """Copies of the optimizer's slots and its step count."""
        return self.optimizer.state()

    def optimizer_held(self) -> dict[str, Array]:
        """The optimizer's slots and its step count, by reference."""
        return self.optimizer.held()

    def load_optimizer_state(self, state: Mapping[str, Array]) -> None:
        """Takes the optimizer's memory over."""
        self.optimizer.load_state(state)
