"""The hand-written engine."""

from nnlab.backends.base import BACKENDS, Backend
from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.losses.base import Loss
from nnlab.models.graph import Graph
from nnlab.optimizers.optimizer import Optimizer
from nnlab.training.learner import Learner


@BACKENDS.register
class Numpy(Backend):
    """The layers' own arithmetic, on the processor."""

    @classmethod
    def of(cls, graph: Graph, *, loss: Loss, optimizer: Optimizer, threads: int = 0) -> Learner:
        """A NumpyLearner."""
        return NumpyLearner(graph, loss=loss, optimizer=optimizer, threads=threads)
