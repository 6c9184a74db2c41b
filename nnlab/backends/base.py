"""The contract of a backend, and the registry of those that there are."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, Literal

from nnlab.checks.translated import Translated
from nnlab.core.registry import Registry
from nnlab.kernels.images.convolution import Form
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.optimizers.optimizer import Optimizer


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What a backend runs on and how.

    Options:  device: "auto" takes the best there is.  threads: for the arithmetic; 0 for all cores.
              compile: let the backend compile the network.  amp: products in bfloat16, weights as they are.
              convolution: the form of those that are written by hand.
              tuning: how torch is to work otherwise than it does (backends/tuning.py).
              processes: that are to train together.  team: those that do, once they are there (torch/parallel/).
    """

    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = 0
    compile: bool = False
    amp: bool = False
    convolution: Form = "auto"
    tuning: tuple[str, ...] = ()
    processes: int = 1
    team: Any = None

    def for_backend(self, name: str) -> "Engine":
        """What it asks of one of several backends, leaving out what only others can do."""
        if name == "numpy":
            return Engine(threads=self.threads, convolution=self.convolution)
        return replace(self, convolution="auto", processes=1)

    @property
    def threads_alone(self) -> "Engine":
        """What every backend can be asked for, where several are to do the same: no device, compiler or bfloat16."""
        return Engine(threads=self.threads)


PLAIN = Engine()
"""The best device, every core, nothing special."""


class Backend(ABC):
    """What can train a graph. Its library is imported when a learner is asked for, not when the class is registered."""

    @classmethod
    @abstractmethod
    def of(cls, graph: Graph, *, loss: Losses, optimizer: Optimizer, engine: Engine = PLAIN) -> Learner:
        """A learner of a graph that is built.

        Options:  optimizer: also says which penalty joins the loss.
        Raises:  MissingError: what the backend needs is not installed, or the device is not there.
                 UsageError: the backend cannot do what `engine` asks for, or lacks a layer, loss or update rule.
        """

    @classmethod
    def require(cls, engine: Engine, *, dtype: str = "float32") -> None:
        """Says before there is a graph what `of` would say: MissingError or UsageError when this engine cannot be had.

        Options:  dtype: of the graph.
        """
        return None

    @classmethod
    def translated(cls) -> Translated | None:
        """Its components one by one; None where they are the definition. Raises MissingError: as `of`."""
        return None

    @classmethod
    def has(cls, component: type) -> bool:
        """Whether a registered component can be used with this backend; found out without importing its library."""
        return True


class Backends(Registry[Backend]):
    """The registry of backends; their names are the class names in lower case, as people type them."""

    def name_of(self, name: str) -> str:
        """A name as --backend takes it (`NumPy` is `numpy`)."""
        return super().name_of(name).lower()

    def names(self) -> list[str]:
        """Every name, sorted."""
        return [name.lower() for name in super().names()]


BACKENDS = Backends("backend", "nnlab.backends")
"""Learners: the same training step on different engines."""
