"""The seam to a backend, which checks and the training loop work through. Everything that crosses it is NumPy."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.core.batch import Batch
from nnlab.core.context import Watch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.moments import BatchMoments
from nnlab.models.probe import PROBE_SAMPLES, Probe
from nnlab.models.slopes import Slopes
from nnlab.optimizers.averaging import AVERAGE


@dataclass(frozen=True)
class StepResult:
    """What one batch gave.

    Options:  loss: the mean loss over the batch, without penalty.  penalty: what the penalty adds to it.
              outputs: what the heads say: probabilities, or values, (batch, ...).
              seconds: time by phase ("forward", "backward", "update", "evaluate").
              each: the loss of each sample by itself, (batch,), where it was asked for.
    """

    loss: float
    penalty: float
    outputs: Mapping[str, Array]
    seconds: Mapping[str, float] = field(default_factory=dict)
    each: Array | None = None

    def lasting(self, more: Mapping[str, float]) -> "StepResult":
        """The same, with the seconds of other phases added."""
        return replace(self, seconds={**self.seconds, **more})


def joined(outputs: Mapping[str, Array]) -> Array:
    """What the heads say as one array: of several, their values side by side.  Shapes:  result: (batch, ...)"""
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    return np.concatenate([array.reshape(len(array), -1) for array in outputs.values()], axis=1)


@dataclass(frozen=True)
class Part:
    """What a batch is of a step that learns from several.

    Options:  share: how much its mean loss counts in that of the step; the shares of a step add up to 1.
              first: whether the step begins with it: gradients of an earlier step are forgotten, and the penalty's,
                  which belongs to a step once, is added.
    """

    share: float = 1.0
    first: bool = True


WHOLE = Part()
"""A step that learns from one batch."""


def parts(batches: Sequence[Batch]) -> list[Part]:
    """What each batch is of the step that learns from all of them: every sample counts as in one batch."""
    amounts = [batch.amount for batch in batches]
    whole = sum(amounts) or 1.0  # where nothing counts there is no gradient either
    return [Part(amount / whole, first=not place) for place, amount in enumerate(amounts)]


class Learner(ABC):
    """A model, its objective and its optimizer on one backend."""

    backend: str = ""
    device: str = "cpu"

    @property
    @abstractmethod
    def parameter_count(self) -> int:
        """How many numbers learn."""

    @abstractmethod
    def backprop(self, batch: Batch, *, rng: Rng, watch: Watch | None = None, part: Part = WHOLE) -> StepResult:
        """The first half of a step: forward, loss, backward; running statistics take the batch in.

        Afterwards the gradients are there and no weight has changed: what is scored then is the very model that the
        result is of. A step that learns from several batches has one call for each, then one update.

        Options:  rng: at this batch.  watch: sees every tensor.  part: what the batch is of its step.
        """

    @abstractmethod
    def update(self, *, epoch: int, epochs: int) -> Mapping[str, float]:
        """The second half: every weight moves by its gradient. `epoch` counts from 0. Gives the seconds by phase."""

    def learn(self, batch: Batch, *, rng: Rng, epoch: int, epochs: int, watch: Watch | None = None) -> StepResult:
        """A whole step that learns from one batch."""
        result = self.backprop(batch, rng=rng, watch=watch)
        return result.lasting(self.update(epoch=epoch, epochs=epochs))

    @abstractmethod
    def unfreeze(self) -> None:
        """Has every parameter learn from now on, those that were frozen with a memory of the optimizer's that begins
        now; nothing where all do."""

    @abstractmethod
    def settle(self, nodes: Collection[str]) -> None:
        """Has these nodes run as in evaluation from now on: statistics and ranges stay, weights learn."""

    @abstractmethod
    def slow(self, halvings: int) -> None:
        """Has the learning rate be halved so many times, in all, from now on; part of the optimizer's state."""

    @abstractmethod
    def evaluate(self, batch: Batch, *, each: bool = False) -> StepResult:
        """Scores a batch in evaluation mode (running statistics, no dropout); changes nothing.

        Options:  each: whether the loss of each sample by itself is asked for.
        """

    @abstractmethod
    def predict(self, inputs: Array) -> Mapping[str, Array]:
        """What the heads say in evaluation mode: probabilities, or values, (batch, ...)."""

    def moments(self, batch: Batch) -> Mapping[str, BatchMoments]:
        """What each BatchNorm sees of a batch, by node, where each normalises by the batch's own moments and all else
        is as in evaluation; changes nothing. None without BatchNorm."""
        return {}

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
    def slopes(self, dtype: npt.DTypeLike | None = None) -> Slopes:
        """A copy of the network that says how its scores change with what its nodes give; nothing of it changes this.

        Options:  dtype: in which it is computed; None: its own.
        Raises:  UsageError: when it has no score for a whole sample.
        """

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

    def averages(self) -> dict[str, Array]:
        """The averages of weights and buffers that the optimizer keeps, by their names; none where it keeps none.

        By reference where the backend can: to be read before the next step.
        """
        ends = f"/{AVERAGE}"
        return {name.removesuffix(ends): slot for name, slot in self.optimizer_held().items() if name.endswith(ends)}

    @abstractmethod
    def load_optimizer_state(self, state: Mapping[str, Array]) -> None:
        """Takes the optimizer's memory over."""
