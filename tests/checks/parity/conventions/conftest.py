"""What the tests of conventions stand on: small subjects, and ways to see what a choice changes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from nnlab.checks.parity.conventions.base import Convention
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.subject import Subject
from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.heads import OUTPUT
from nnlab.core.parameter import Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.losses.base import Loss
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.graph import Graph
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import backward, forward, labelled, one_head

FEATURES, CLASSES, SAMPLES, EPOCHS = 6, 3, 8, 4


def subject_of(
    rule: UpdateRule | None = None, loss: Loss | None = None, model: dict[str, Any] | None = None, **settings: Any
) -> Subject:
    graph = NLayers(**{"layers": (5, 4), "bias": True} | (model or {})).graph((FEATURES,), one_head(CLASSES))
    graph.build((FEATURES,), rng=Rng(0), dtype=np.float64)
    return Subject(graph, loss or CrossEntropy(), Optimizer(rule or Adam(), **settings))


@pytest.fixture
def make() -> Callable[..., Subject]:
    """A multilayer perceptron with BatchNorm and biases, and settings of its optimizer."""
    return subject_of


@pytest.fixture
def batch() -> Batch:
    """Eight samples; the first feature is zero, as a black pixel is."""
    generator = np.random.default_rng(0)
    inputs = generator.random((SAMPLES, FEATURES))
    inputs[:, 0] = 0.0
    return labelled(inputs, np.eye(CLASSES)[generator.integers(0, CLASSES, SAMPLES)], [""] * SAMPLES)


@pytest.fixture
def seen(batch: Batch) -> Callable[[Subject], dict[str, Array]]:
    """Every tensor of a few epochs of one step each, by "epoch name", the evaluation before each step too."""

    def take(subject: Subject) -> dict[str, Array]:
        stepper, tensors = Jittered(subject), {}
        for epoch in range(EPOCHS):
            tensors[f"{epoch} evaluation"] = stepper.predict(batch.inputs)[OUTPUT]
            taken = stepper.learn(
                batch,
                rng=Rng(0).at(epoch),
                epoch=epoch,
                epochs=EPOCHS,
                watch=lambda node, what, a, epoch=epoch: tensors.__setitem__(f"{epoch} {node} {what}", a.copy()),
            )
            tensors[f"{epoch} loss"] = np.array([taken.loss, taken.penalty])
            after = stepper.state() | stepper.optimizer_state()
            tensors.update({f"{epoch} {name}": value for name, value in after.items()})
        return tensors

    return take


@pytest.fixture
def choice() -> Callable[[type[Convention], Subject, str], Subject]:
    """The one variant whose words have these in them."""

    def find(convention: type[Convention], subject: Subject, words: str) -> Subject:
        (found,) = [variant for says, variant in convention().variants(subject) if words in says]
        return found

    return find


@pytest.fixture
def walk() -> Callable[..., list[Array]]:
    """Where a parameter is after each step with given gradients, and what else the optimizer did to it."""

    def take(optimizer: Optimizer, start: Array, gradients: Sequence[Array], epochs: int = 1) -> list[Array]:
        parameter, at = Parameter("dense.weight", start.copy()), []
        optimizer = optimizer.fresh()
        for epoch, gradient in enumerate(gradients):
            parameter.zero_grad()
            parameter.add(gradient)
            if optimizer.penalty is not None:
                optimizer.penalty.add_gradient([parameter])
            optimizer.step([parameter], epoch=epoch if epochs > 1 else 0, epochs=epochs)
            at.append(parameter.value.copy())
        return at

    return take


@pytest.fixture
def only() -> Callable[..., Subject]:
    """only(layer, shape=(FEATURES,)): a subject of a single layer, on samples of that shape."""

    def build(layer: Layer, loss: Loss | None = None, shape: tuple[int, ...] = (FEATURES,)) -> Subject:
        graph = Graph()
        graph.add("it", layer)
        return Subject(graph.build(shape, rng=Rng(0), dtype=np.float64), loss or CrossEntropy(), Optimizer(Adam()))

    return build


@pytest.fixture
def through() -> Callable[..., tuple[Array, Array]]:
    """y and dx of a subject's only layer, for x and dy."""

    def run(subject: Subject, x: Array, dy: Array, training: bool = True) -> tuple[Array, Array]:
        ctx = Context(training=training, rng=Rng(3))
        y, tape = forward(subject.graph, x, ctx)
        subject.graph.observe(tape)
        dx = backward(subject.graph, dy, tape, ctx, needs_dx=True)
        assert dx is not None
        return y, dx

    return run
