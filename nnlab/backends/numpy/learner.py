"""Training with hand-written gradients, on NumPy."""

from nnlab.core.context import Context, Watch
from nnlab.core.machine import usable_cores
from nnlab.core.rng import Rng
from nnlab.core.workspace import Workspace
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.models.step import HandStep
from nnlab.optimizers.optimizer import Optimizer


class NumpyLearner(HandStep):
    """The hand-written step on borrowed memory and several threads.

    Options:  graph: built.  optimizer: its penalty joins the loss.
              threads: share products and updates; 0 for all cores.
    """

    backend = "numpy"

    def __init__(self, graph: Graph, *, loss: Losses, optimizer: Optimizer, threads: int = 0):
        super().__init__(graph, loss=loss, optimizer=optimizer, threads=threads or usable_cores())
        self.optimizer.threads = self._threads
        self._workspace = Workspace()

    @property
    def borrowed_mb(self) -> float:
        """Memory that steps and scores have borrowed at most, at once, MiB."""
        return self._workspace.most / 2**20

    def _context(self, *, training: bool, rng: Rng | None = None, watch: Watch | None = None) -> Context:
        return Context(training=training, rng=rng or Rng(0), workspace=self._workspace, watch=watch)
