"""What another backend must make of a component: the same steps as the hand-written definition, to the last digits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from nnlab.checks.findings import EXACT, ROUNDED, Finding, relative
from nnlab.checks.model_checks import NewLearner
from nnlab.core.batch import Batch
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.layers.softmax import Softmax
from nnlab.losses.base import Loss
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.graph import INPUT, Graph
from nnlab.models.learner import Learner
from nnlab.models.objective import Objective
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer

CLASSES: Final = 4
SAMPLES: Final = 7
STEPS: Final = 5
"""Enough for what a rule remembers, and what it starts from, to show."""
RATE: Final = 0.05
AROUND: Final[tuple[Mapping[str, Any], ...]] = ({}, {"weight_decay": 0.01}, {"clip_norm": 0.5}, {"clip_value": 0.02})
"""What an optimizer has around its rule."""


@dataclass(frozen=True)
class Trial:
    """A network, not yet built, and how it learns."""

    graph: Graph
    in_shape: Shape
    rng: Rng
    loss: Loss = field(default_factory=SoftmaxCrossEntropy)
    optimizer: Optimizer = field(default_factory=lambda: Optimizer(Constant(), learning_rate=RATE))

    def batch(self, dtype: Any) -> Batch:
        """Samples drawn at random, one-hot targets."""
        generator = self.rng.at("batch").generator()
        inputs: Array = generator.standard_normal((SAMPLES, *self.in_shape)).astype(dtype)
        targets = np.eye(CLASSES, dtype=dtype)[generator.integers(CLASSES, size=SAMPLES)]
        return Batch(inputs, targets, [f"sample {i}" for i in range(SAMPLES)])


def layer_translation(cls: type[Layer], new: NewLearner, seed: int = 0) -> Iterator[Finding]:
    """A layer between two that learn, so that its gradients count, in training and in evaluation."""
    for options, shapes in cls.examples():
        flat = all(len(shape) == 1 for shape in shapes)
        if flat or len(set(shapes)) == 1:  # else nothing built in gives such inputs
            trial = Trial(_around(make(cls, options), shapes, flat), (3,) if flat else shapes[0], rng=Rng(seed))
            yield from _same_steps(trial, new, f"{_said(options)}inputs {' and '.join(map(str, shapes))}: ")


def loss_translation(
    cls: type[Loss], new: NewLearner, seed: int = 0, examples: Sequence[Mapping[str, Any]] | None = None
) -> Iterator[Finding]:
    """A loss at the end of a network that emits what it takes, over its examples or those given."""
    for options in cls.examples() if examples is None else examples:
        loss: Loss = make(cls, options)
        graph = Graph(emits=loss.expects)
        graph.add("output", Dense(units=CLASSES))
        if loss.expects == "probabilities":
            graph.add("softmax", Softmax())
        yield from _same_steps(Trial(graph, (5,), loss=loss, rng=Rng(seed)), new, _said(options, end=": "))


def rule_translation(
    cls: type[UpdateRule], new: NewLearner, seed: int = 0, examples: Sequence[Mapping[str, Any]] | None = None
) -> Iterator[Finding]:
    """An update rule over several steps, alone and with all that an optimizer has around it."""
    for options in cls.examples() if examples is None else examples:
        for around in AROUND:
            graph = Graph(emits="logits")
            graph.add("output", Dense(units=CLASSES))
            optimizer = Optimizer(make(cls, options), learning_rate=RATE, **around)
            trial = Trial(graph, (5,), optimizer=optimizer, rng=Rng(seed))
            yield from _same_steps(trial, new, _said({**options, **around}, end=": "))


def _around(layer: Layer, shapes: tuple[Shape, ...], flat: bool) -> Graph:
    """The layer with one that learns before each input, and one behind."""
    graph = Graph(emits="logits")
    names = [
        graph.add(f"before_{i}", Dense(units=shape[0], bias=False) if flat else BatchNorm(), INPUT)
        for i, shape in enumerate(shapes, start=1)
    ]
    graph.add("layer", layer, *names)
    graph.add("flat", Flatten())
    graph.add("output", Dense(units=CLASSES))
    return graph


def _same_steps(trial: Trial, new: NewLearner, where: str) -> Iterator[Finding]:
    """Both take the same steps from the same weights: probabilities, weights and statistics agree."""
    for dtype, limit in ((np.float64, EXACT), (np.float32, ROUNDED)):
        graph = trial.graph.build(trial.in_shape, rng=trial.rng.at("weights"), dtype=dtype)
        ours, rule = Objective(graph.astype(dtype), trial.loss, trial.optimizer.penalty), trial.optimizer.fresh()
        theirs = new(graph, loss=trial.loss, optimizer=trial.optimizer.fresh())
        batch, kind = trial.batch(dtype), np.dtype(dtype).name
        for step in range(STEPS):
            yield _scores(ours, theirs, batch, f"{where}probabilities before step {step + 1} in {kind}", limit)
            _learn(ours, rule, batch, trial.rng.at("step", step))
            theirs.learn(batch, rng=trial.rng.at("step", step), epoch=0, epochs=1)
        yield _scores(ours, theirs, batch, f"{where}probabilities after {STEPS} steps in {kind}", limit)
        expected, state = ours.graph.state(), theirs.state()
        scale = max(float(np.abs(value).max()) for value in expected.values())
        for name, value in expected.items():
            error = float(np.abs(state[name] - value).max()) / scale
            yield Finding(f"{where}{name} after {STEPS} steps in {kind}", error, limit)


def _learn(objective: Objective, optimizer: Optimizer, batch: Batch, rng: Rng) -> None:
    ctx = Context(training=True, rng=rng)
    objective.graph.zero_grad()
    y, tape = objective.graph.forward(batch.inputs, ctx)
    _, dy = objective.mean_loss(y, batch.targets, ctx)
    objective.backward(dy, tape, ctx)
    objective.graph.observe(tape)
    optimizer.step(objective.graph.parameters, epoch=0, epochs=1)


def _scores(ours: Objective, theirs: Learner, batch: Batch, where: str, limit: float) -> Finding:
    y, _ = ours.graph.forward(batch.inputs, Context(training=False))
    return Finding(where, relative(theirs.predict(batch.inputs), ours.probabilities(y)), limit)


def _said(options: Mapping[str, Any], end: str = " ") -> str:
    """Options in words, for the place of a finding; empty for the defaults."""
    words = " ".join(f"{key}={value}" for key, value in options.items())
    return words + end if words else ""
