"""What every model must do on a backend: give the gradient of its whole objective, and learn by exactly that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import cycle, product
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from nnlab.checks.directions import by_layer, check_directions
from nnlab.checks.findings import EXACT, ROUNDED, Finding, gradient_findings, must, relative
from nnlab.checks.gradients import GradientReport, check_gradients
from nnlab.core.batch import Batch, Target
from nnlab.core.component import make
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.losses.base import Loss, Losses
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.base import Model
from nnlab.models.forms import CLASSES, ROW, forms
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.models.probe import Probe
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer

SAMPLES: Final = (16, 5, 2)
DECAYS: Final = (0.0, 0.01)

SHALLOW: Final = 12
"""Parameters (weights, biases, scales) of a network that every batch is tried on with every penalty."""

DEEP: Final = 40
"""Parameters of a network from which on its gradient is checked layer by layer, on few samples: one parameter at a
time, a check of a ResNet takes minutes."""


class NewLearner(Protocol):
    """Makes a learner of one backend."""

    def __call__(self, graph: Graph, *, loss: Losses, optimizer: Optimizer) -> Learner:
        """A learner of a graph that is built."""
        ...


@dataclass(frozen=True)
class ModelTrial:
    """One model with its options, on data of one form.

    Options:  decay: the weight of the L2 penalty in the objective.
    """

    cls: type[Model]
    options: Mapping[str, Any]
    shape: Shape = ROW
    samples: int = SAMPLES[0]
    decay: float = 0.0
    loss: Loss = field(default_factory=CrossEntropy)
    seed: int = 0
    head: Head = CLASSES

    def __str__(self) -> str:
        texts = {key: ",".join(map(str, v)) if isinstance(v, tuple) else v for key, v in self.options.items()}
        said = "".join(f"{key}={text} " for key, text in texts.items())
        values = " for values" if self.head.kind == "values" else ""
        return f"{said}{self.samples} samples of {self.shape}{values}{f' decay={self.decay:g}' if self.decay else ''}"

    @property
    def rng(self) -> Rng:
        """Its streams."""
        return Rng(self.seed).at("model check", self.cls.__name__, self.samples)

    @cached_property
    def network(self) -> Graph:
        """Its network without values: what there is, of which shapes."""
        return self._built(None, np.float64)

    def _built(self, rng: Rng | None, dtype: npt.DTypeLike) -> Graph:
        graph: Graph = make(self.cls, self.options).graph(self.shape, {OUTPUT: self.head})
        return graph.build(self.shape, rng=rng, dtype=dtype)

    def learner(self, new: NewLearner, dtype: npt.DTypeLike = np.float64) -> Learner:
        """A learner whose weights are moved off what they start at: shifts of 0 hide mistakes."""
        graph = self._built(self.rng.at("weights"), dtype)
        optimizer = Optimizer(Constant(), learning_rate=1.0, weight_decay=self.decay)
        learner = new(graph, loss=self.loss, optimizer=optimizer)
        state = learner.state()
        for parameter in graph.parameters:
            generator = self.rng.at("moved", parameter.name).generator()
            state[parameter.name] = state[parameter.name] + np.asarray(
                0.2 * generator.standard_normal(parameter.value.shape), dtype
            )
        learner.load_state(state)
        return learner

    def batch(self, dtype: npt.DTypeLike = np.float64) -> Batch:
        """Samples drawn at random; one-hot targets, or numbers, at every place of a map where the model gives one."""
        generator, shape = self.rng.at("batch").generator(), (self.samples, *self.network.out_shape)
        targets = np.eye(shape[-1], dtype=dtype)[generator.integers(shape[-1], size=shape[:-1])]
        if self.head.kind == "values":
            targets = generator.standard_normal(shape).astype(dtype)
        if self.head.kind == "vectors":  # whose targets are identities: pairs of samples
            targets = (np.arange(self.samples) // 2).astype(dtype)[:, np.newaxis]
        inputs = generator.random((self.samples, *self.shape)).astype(dtype)
        return Batch(inputs, {OUTPUT: Target(targets)})


def model_findings(cls: type[Model], new: NewLearner, seed: int = 0) -> Iterator[Finding]:
    """Everything that is looked at in one class of models, over its examples, batches and penalties."""
    for options in cls.examples():
        for shape in forms(make(cls, options)):
            for trial in trials(ModelTrial(cls, options, shape=shape, seed=seed), DECAYS):
                yield from trial_findings(trial, new)


def trials(trial: ModelTrial, decays: Sequence[float]) -> Iterator[ModelTrial]:
    """One model on every batch, with every penalty; if it is not shallow, on each batch with one penalty alone.

    A check takes as long as layers times parameters.
    """
    depth = len(trial.network.parameters)
    few = zip(SAMPLES[depth > DEEP :], cycle(decays[::-1]), strict=False)
    for samples, decay in few if depth > SHALLOW else product(SAMPLES, decays):
        yield replace(trial, samples=samples, decay=decay)


def trial_findings(trial: ModelTrial, new: NewLearner) -> Iterator[Finding]:
    """One model on one form of data."""
    learner, batch, rng = trial.learner(new), trial.batch(), trial.rng.at("step")
    before = learner.state()
    probe = learner.probe(batch, rng=rng)
    gradients = {name: gradient.copy() for name, gradient in probe.gradients().items()}
    yield from gradient_findings(_checked(probe, rng.at("check")), str(trial))
    learner.evaluate(batch)
    yield must(_same(learner.state(), before), f"{trial}: a check or a score changes weights or statistics")
    yield from _learns(learner, trial, gradients)
    yield from _one_by_one(learner, trial)
    yield from _float32(trial, new, gradients)


def _checked(probe: Probe, rng: Rng) -> GradientReport:
    if len(probe.parameters) > DEEP:
        return check_directions(probe, rng, by_layer(probe.parameters))
    return check_gradients(probe, rng)


def _learns(learner: Learner, trial: ModelTrial, gradients: Mapping[str, Array]) -> Iterator[Finding]:
    """With rate 1 and plain descent a step moves every weight by its gradient: twice, for nothing may be left over."""
    batch = trial.batch()
    for step in (1, 2):
        before, rng = learner.state(), trial.rng.at("step")
        if step == 2:
            gradients = {name: g.copy() for name, g in learner.probe(batch, rng=rng).gradients().items()}
        learner.learn(batch, rng=rng, epoch=0, epochs=1)
        after = learner.state()
        scale = max(float(np.abs(gradient).max()) for gradient in gradients.values())
        for name, gradient in gradients.items():
            moved = before[name] - after[name]
            error = float(np.abs(moved - gradient).max()) / max(scale, 1e-6)
            yield Finding(f"{trial}: step {step} moves {name} by its gradient", error, EXACT)


def _one_by_one(learner: Learner, trial: ModelTrial) -> Iterator[Finding]:
    """A score does not depend on how samples are batched."""
    inputs = trial.batch().inputs
    together = learner.predict(inputs)[OUTPUT]
    alone = np.concatenate([learner.predict(inputs[i : i + 1])[OUTPUT] for i in range(len(inputs))])
    yield Finding(f"{trial}: samples scored alone against together", relative(alone, together), EXACT)
    if trial.head.kind == "classes":
        ones = np.ones(together.shape[:-1])
        yield Finding(f"{trial}: probabilities add up to 1", relative(together.sum(axis=-1), ones), EXACT)


def _float32(trial: ModelTrial, new: NewLearner, gradients: Mapping[str, Array]) -> Iterator[Finding]:
    """In float32 a step moves the weights alike. Not for a batch of two: under BatchNorm it cancels to nothing."""
    if trial.samples < min(SAMPLES[:-1]):
        return
    learner = trial.learner(new, np.float32)
    before = learner.state()
    learner.learn(trial.batch(np.float32), rng=trial.rng.at("step"), epoch=0, epochs=1)
    after = learner.state()
    scale = max(float(np.abs(gradient).max()) for gradient in gradients.values())
    for name, gradient in gradients.items():
        yield must(after[name].dtype == np.float32, f"{trial}: {name} becomes {after[name].dtype} in a float32 model")
        error = float(np.abs(before[name] - after[name] - gradient).max()) / max(scale, 1e-6)
        yield Finding(f"{trial}: {name} in float32 against float64", error, ROUNDED)


def _same(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
