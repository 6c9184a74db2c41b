"""Windows of which several places are the largest but for rounding."""

from collections.abc import Callable

import numpy as np
import pytest

from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import Memory, Moment, tensors_of
from nnlab.checks.parity.subject import Subject
from nnlab.checks.parity.ties import pooled, widen_ties
from nnlab.core.rng import Rng
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.small_cnn import SmallCnn
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head

CLASSES, SAMPLES, SIDE = 3, 6, 32
SHAPE = (SIDE, SIDE, 1)


def subject() -> Subject:
    graph = SmallCnn(widths=(8, 8)).graph(SHAPE, one_head(CLASSES)).build(SHAPE, rng=Rng(0), dtype=np.float32)
    return Subject(graph, SoftmaxCrossEntropy(), Optimizer(Adam()))


def flat_moment(network: Subject) -> Moment:
    """Images of one brightness each, but for a corner: nearly every window is a tie."""
    generator = np.random.default_rng(0)
    inputs = np.repeat(generator.random((SAMPLES, 1), dtype=np.float32), SIDE * SIDE, axis=1).reshape(SAMPLES, *SHAPE)
    inputs[:, :9, :9] = generator.random((SAMPLES, 9, 9, 1), dtype=np.float32)
    targets = np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, SAMPLES)]
    return Moment(
        before=Memory.of(Jittered(network, "float32")),
        batch=labelled(inputs, targets, [""] * SAMPLES),
        rng=Rng(0).at("step", 1, 0),
        epoch=0,
        epochs=4,
        evaluated=inputs[:2],
        evaluation="dev probabilities",
    )


def test_torch_that_gives_a_flat_window_another_place_differs_by_rounding_alone() -> None:
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    from nnlab.backends.torch.learner import TorchLearner

    network = subject()
    moment = flat_moment(network)
    other = TorchLearner(network.graph.astype("float64"), loss=network.loss, optimizer=network.optimizer.fresh())
    assert Rounding(network, moment).parted(tensors_of(other, moment)) == {}


@pytest.mark.parametrize("wrong", [lambda dx: dx * 1.001, lambda dx: np.roll(dx, 1, axis=1), np.zeros_like])
def test_a_wrong_gradient_of_a_pool_still_parts(wrong: Callable[[np.ndarray], np.ndarray]) -> None:
    network = subject()
    moment = flat_moment(network)
    rounding, tensors = Rounding(network, moment), tensors_of(Jittered(network), moment)
    tensors["activation_2 backward"] = wrong(tensors["activation_2 backward"])
    assert list(rounding.parted(tensors)) == ["activation_2 backward"]


def test_what_a_pool_chooses_from_goes_up_to_the_convolution() -> None:
    names = [name for name, _, _ in pooled(subject().graph)]
    assert names == ["activation_1", "batch_norm_1", "conv_1", "activation_2", "batch_norm_2", "conv_2"]


@pytest.mark.parametrize(
    ("options", "read", "gradient", "widened"),
    [
        ({}, [1, 1, 2, 3, 4, 4 + 1e-12], [5, 0, 0, -7, 0, 2], [5, 5, 0, 0, 2, 2]),  # pairs, the second without a tie
        ({"kernel": (1, 3), "stride": (1, 2), "padding": (0, 1)}, [1, 1, 0, 2, 2], [5, 0, 0, 7, 0], [5, 5, 0, 7, 7]),
        ({"kernel": (1, 2), "stride": (1, 1), "dilation": (1, 2)}, [3, 1, 3, 0, 0], [4, 0, 1, 0, 0], [4, 0, 4, 0, 0]),
    ],
)
def test_places_that_tie_may_get_what_one_of_them_got(
    options: dict[str, object], read: list[float], gradient: list[float], widened: list[float]
) -> None:
    shape = (1, len(read), 1)
    layer = MaxPool2d(**{"kernel": (1, 2), **options})
    layer.build(shape, new=lambda *_, **__: None)  # type: ignore[arg-type, return-value]
    values, back = (np.array(numbers, float).reshape(1, *shape) for numbers in (read, gradient))
    spread = np.zeros_like(values)
    widen_ties(spread, back, values, np.full_like(values, 1e-9), layer)
    assert spread.ravel().tolist() == widened
