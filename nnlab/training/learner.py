"""The seam between the training loop and a backend. Everything that crosses it is NumPy."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.checks.probe import PROBE_SAMPLES, Probe
from nnlab.core.batch import Batch
from nnlab.core.context import Watch
from nnlab.core.rng import Rng
from nnlab.core.types import Array


@dataclass(frozen=True)
class StepResult:
    """What one batch gave.

    Options:  loss: the mean loss over the batch, without penalty.  penalty: what the L2 penalty adds to it.
              predicted: (batch, classes) probabilities.
              seconds: time by phase ("forward", "backward", "update", "evaluate").
    """

    loss: float
    penalty: float
    predicted: Array
    seconds: Mapping[str, float] = field(default_factory=dict)


class Learner(ABC):
    """A model, its objective and its optimizer on one backend."""

    backend: str = ""
    device: str = "cpu"

    @property
    @abstractmethod
    def parameter_count(self) -> int:
        """How many numbers learn."""

    @abstractmethod
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
        """One step: forward, loss, backward, update. `rng` is at this step; `epoch` counts from 0.

        `before_update` is called when the running statistics have taken the batch in and no weight has changed yet:
        what it scores is the very model that this step's own figures are of.
        """

    @abstractmethod
    def evaluate(self, batch: Batch) -> StepResult:
        """Scores a batch in evaluation mode (running statistics, no dropout); changes nothing."""

    @abstractmethod
    def predict(self, inputs: Array) -> Array:
        """(batch, classes) probabilities in evaluation mode."""

    def environment(self) -> Mapping[str, Any]:
        """What it computes on and with, for environment.json: versions, the device's name."""
        return {"name": self.backend, "device": self.device}

    def readers(self) -> Mapping[str, Sequence[str]]:
        """For every node (and "input") the nodes that read its output, for messages; none listed: a chain."""
        return {}

    @abstractmethod
    def probe(self, batch: Batch, *, rng: Rng, max_samples: int | None = PROBE_SAMPLES) -> Probe:
        """A float64 copy of the objective on at most `max_samples` of a batch (None: all), for a gradient check;
        changes nothing."""

    @abstractmethod
    def state(self) -> dict[str, Array]:
        """Copies of every weight and buffer, by name."""

    def held(self) -> Mapping[str, Array]:
        """What `state` gives copies of: to be read before the next step. By reference where the backend can."""
        return self.state()

    @abstractmethod
    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes weights and buffers over. Raises UsageError: naming the first that is missing or of another shape."""

    @abstractmethod
    def optimizer_state(self) -> dict[str, Array]:
        """Copies of the optimizer's slots ("<parameter>/<slot>") and its step count ("step"), for resuming."""

    def optimizer_held(self) -> Mapping[str, Array]:
        """What `optimizer_state` gives copies of, as `held`."""
        return self.optimizer_state()

    @abstractmethod
    def load_optimizer_state(self, state: Mapping[str, Array]) -> None:
        """Takes the optimizer's memory over."""
