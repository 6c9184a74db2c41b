"""The contract of a backend, and the registry of those that there are."""

from abc import ABC, abstractmethod

from nnlab.core.registry import Registry
from nnlab.losses.base import Loss
from nnlab.models.graph import Graph
from nnlab.optimizers.optimizer import Optimizer
from nnlab.training.learner import Learner


class Backend(ABC):
    """What can train a graph. Its library is imported when a learner is asked for, not when the class is registered."""

    @classmethod
    @abstractmethod
    def of(cls, graph: Graph, *, loss: Loss, optimizer: Optimizer, threads: int = 0) -> Learner:
        """A learner of a graph that is built.

        Options:  optimizer: also says which penalty joins the loss.  threads: for the arithmetic; 0 for all cores.
        Raises:  MissingError: what the backend needs is not installed.
        """


class Backends(Registry[Backend]):
    """The registry of backends; their names are the class names in lower case, as people type them."""

    def name_of(self, name: str) -> str:
        """A name as --backend takes it (`NumPy` is `numpy`)."""
        return super().name_of(name).lower()

    def names(self) -> list[str]:
        """Every name, sorted."""
        return [name.lower() for name in super().names()]


BACKENDS = Backends("backend", "nnlab.backends")
