"""A learner and a dataset whose every figure is known beforehand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.metrics.classes import Classes
from nnlab.models.learner import WHOLE, Learner, StepResult
from nnlab.tasks.classification import Classification
from nnlab.testing.batches import labelled
from nnlab.training.scoring import Judgement
from nnlab.training.trainer import Trainer

JUDGEMENT = Judgement.by(Classification(), Classes())


class Arrays:
    """A partition of `sizes` samples per batch; class 0 is always right. Sources are numbered."""

    def __init__(self, name: str, sizes: Sequence[int]):
        self.name, self.sizes, self.asked = name, sizes, []

    def __len__(self) -> int:
        return sum(self.sizes)

    def batches(self, epoch: int | None = None) -> Iterator[Batch]:
        self.asked.append(epoch)
        start = 0
        for size in self.sizes:
            inputs = np.arange(start, start + size, dtype=np.float32)[:, np.newaxis]
            targets = np.tile(np.float32([1, 0]), (size, 1))
            yield labelled(inputs, targets, [f"{self.name}/{i}.png" for i in range(start, start + size)])
            start += size


@dataclass
class Script:
    """What the learner says with the weights it has after 0, 1, 2, ... steps; the last value goes on."""

    accuracy: Sequence[float]
    loss: Sequence[float]

    def at(self, steps: int) -> tuple[float, float]:
        return self.accuracy[min(steps, len(self.accuracy) - 1)], self.loss[min(steps, len(self.loss) - 1)]


class ScriptedLearner(Learner):
    """Its only weight counts the steps that were taken; losses and accuracies are looked up by it."""

    backend = "scripted"

    def __init__(self, script: Script, on_learn: Callable[[int], None] = lambda step: None):
        self.script, self.on_learn = script, on_learn
        self.weight = np.zeros(1)
        self.calls: list[tuple[str, Any]] = []

    @property
    def parameter_count(self) -> int:
        return 1

    def _answer(self, batch: Batch) -> StepResult:
        accuracy, loss = self.script.at(int(self.weight[0]))
        right = batch.inputs[:, 0] % 10 < round(accuracy * 10)  # of every ten samples in a row, that many
        predicted = np.stack([right, ~right], axis=1).astype(np.float32)
        return StepResult(loss, 0.25, {OUTPUT: predicted}, {"forward": 0.5})

    def backprop(self, batch, *, rng, watch=None, part=WHOLE) -> StepResult:
        self.calls.append(("backprop", (rng, watch, part)))
        result = self._answer(batch)
        self.on_learn(int(self.weight[0]) + 1)
        if watch is not None:
            watch("dense_1", "forward", batch.inputs)
        return result

    def update(self, *, epoch, epochs) -> Mapping[str, float]:
        self.calls.append(("update", (epoch, epochs)))
        self.weight += 1
        return {"update": 0.25}

    def unfreeze(self) -> None:
        self.calls.append(("unfreeze", None))

    def slow(self, halvings: int) -> None:
        self.calls.append(("slow", halvings))

    def evaluate(self, batch: Batch, *, each: bool = False) -> StepResult:
        self.calls.append(("evaluate", (batch.sources[0].split("/")[0], int(self.weight[0]))))
        result = self._answer(batch)
        return replace(result, each=np.full(len(batch), result.loss)) if each else result

    def settle(self, nodes):
        raise NotImplementedError

    def predict(self, inputs):
        raise NotImplementedError

    def probe(self, batch, *, rng):
        raise NotImplementedError

    def slopes(self, dtype=None):
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        return {"weight": self.weight.copy()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        self.weight = state["weight"].copy()

    def optimizer_state(self) -> dict[str, Any]:
        return {"step": self.weight.copy()}

    def load_optimizer_state(self, state: Mapping[str, Any]) -> None:
        assert state["step"] == self.weight  # of the same moment
        self.calls.append(("load_optimizer_state", int(state["step"][0])))


@pytest.fixture
def scripted() -> Callable[..., Trainer]:
    """Makes a trainer over a scripted learner: `scripted(accuracy=[...], loss=[...], epochs=3, sizes=[10])`."""

    def make(
        *,
        accuracy: Sequence[float],
        loss: Sequence[float] = (1.0,),
        epochs: int,
        sizes: Sequence[int] = (20,),
        dev: Sequence[int] = (10,),
        test: Sequence[int] = (10,),
        on_learn: Callable[[int], None] = lambda step: None,
        **options: Any,
    ) -> Trainer:
        data = SimpleNamespace(
            names=("a", "b"),
            sample_shape=(1,),
            training=Arrays("training", sizes),
            dev=Arrays("dev", dev),
            test=Arrays("test", test),
        )
        learner = ScriptedLearner(Script(accuracy, loss), on_learn)
        return Trainer(learner, data, epochs=epochs, judgement=JUDGEMENT, rng=Rng(7), **options)

    return make
