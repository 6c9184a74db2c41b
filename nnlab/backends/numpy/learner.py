"""Training with hand-written gradients, on NumPy."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nnlab.backends.numpy.probe import NumpyProbe
from nnlab.checks.probe import PROBE_SAMPLES
from nnlab.core.batch import Batch
from nnlab.core.context import Context, Watch
from nnlab.core.machine import usable_cores
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.core.workspace import Workspace
from nnlab.kernels.threads import at_most_threads
from nnlab.losses.base import Loss
from nnlab.models.graph import Graph
from nnlab.models.objective import Objective
from nnlab.optimizers.optimizer import Optimizer
from nnlab.training.clock import Stopwatch
from nnlab.training.learner import Learner, StepResult

QUIET = np.errstate(all="ignore")
"""A value that is not finite is for the instability check to name, with its layer and files, not for a warning."""


class NumpyLearner(Learner):
    """A graph, its objective and its optimizer; owns the memory that steps and scores borrow.

    Options:  graph: built.  optimizer: its penalty joins the loss.
              threads: share products and updates; 0 for all cores.
    """

    backend = "numpy"

    def __init__(self, graph: Graph, *, loss: Loss, optimizer: Optimizer, threads: int = 0):
        self.graph, self.optimizer = graph, optimizer
        self.optimizer.threads = self._threads = threads or usable_cores()
        self.objective = Objective(graph, loss, optimizer.penalty)
        self._step_memory, self._score_memory = Workspace(), Workspace()

    @property
    def parameter_count(self) -> int:
        """How many numbers learn."""
        return self.graph.parameter_count

    @property
    def borrowed_mb(self) -> float:
        """Memory that steps and scores borrow from, MiB; it stops growing after the first of each."""
        return (self._step_memory.nbytes + self._score_memory.nbytes) / 2**20

    @QUIET
    def learn(
        self,
        batch: Batch,
        *,
        rng: Rng,
        epoch: int,
        epochs: int,
        watch: Watch | None = None,
        before_update: Callable[[], None] | None = None,
    ) -> StepResult:
        """One step on a batch; `rng` is at this step. `before_update` may score the model that it starts from."""
        ctx = self._context(self._step_memory, training=True, rng=rng, watch=watch)
        timed = Stopwatch()
        with at_most_threads(self._threads):
            self.graph.zero_grad()
            penalty = timed("forward", self.objective.penalty_value)

            y, tape = timed("forward", self.graph.forward, batch.inputs, ctx)
            loss, dy = timed("forward", self.objective.mean_loss, y, batch.targets, ctx)
            timed("backward", self.objective.backward, dy, tape, ctx)
            self.graph.observe(tape)
            if before_update is not None:
                before_update()
            timed("update", self.optimizer.step, self.graph.parameters, epoch=epoch, epochs=epochs)

            return StepResult(loss, penalty, self.objective.probabilities(y), timed.seconds)

    @QUIET
    def evaluate(self, batch: Batch) -> StepResult:
        """Scores a batch in evaluation mode; changes nothing, not even memory that a step has borrowed."""
        ctx = self._context(self._score_memory, training=False)
        timed = Stopwatch()
        with at_most_threads(self._threads):
            y, _ = timed("evaluate", self.graph.forward, batch.inputs, ctx)
            loss, _ = timed("evaluate", self.objective.mean_loss, y, batch.targets, ctx)
            return StepResult(loss, self.objective.penalty_value(), self.objective.probabilities(y), timed.seconds)

    @QUIET
    def predict(self, inputs: Array) -> Array:
        """(batch, classes) probabilities in evaluation mode."""
        with at_most_threads(self._threads):
            y, _ = self.graph.forward(inputs, self._context(self._score_memory, training=False))
            return self.objective.probabilities(y)

    def readers(self) -> Mapping[str, Sequence[str]]:
        """For every node and the input: the nodes that read its output."""
        return self.graph.readers()

    def probe(self, batch: Batch, *, rng: Rng, max_samples: int | None = PROBE_SAMPLES) -> NumpyProbe:
        """A float64 copy of the objective on at most `max_samples` of a batch (None: all), for a gradient check."""
        return NumpyProbe(self.objective, batch, rng=rng, max_samples=max_samples)

    def _context(
        self, memory: Workspace, *, training: bool, rng: Rng | None = None, watch: Watch | None = None
    ) -> Context:
        """The context of a pass that starts now: what was lent from `memory` before is taken back."""
        memory.reset()
        return Context(training=training, rng=rng or Rng(0), workspace=memory, watch=watch)

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
