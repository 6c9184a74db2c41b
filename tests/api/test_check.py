"""`nnlab.check`: gradients of networks and layers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.api.check import check
from nnlab.core.errors import CheckError, UsageError
from nnlab.core.types import Array
from nnlab.layers.dense import Dense


@dataclass(kw_only=True, eq=False)
class Slip(Dense):
    """A dense layer that hands on the wrong gradient of its input."""

    def backward(self, dy: Array, cache: Any, ctx: Any) -> tuple[Array | None, ...]:
        (dx,) = super().backward(dy, cache, ctx)
        return (None if dx is None else -dx,)


def graph(last: Dense, emits: Any = "logits") -> nnlab.Graph:
    made = nnlab.Graph(emits=emits)
    made.add("hidden", Dense(units=4))
    made.add("tanh", nnlab.layers.Tanh())
    made.add("output", last)
    return made


def test_a_right_network_passes_and_a_slip_is_named() -> None:
    right = check(graph(Dense(units=3)), in_shape=(2,))
    assert right and right.passed and right.require() is right and right.worst_distance < 1e-7
    assert repr(right).startswith("all 4 gradients are right, distance at most ")
    wrong = check(graph(Slip(units=3)), in_shape=(2,))
    assert not wrong and {found.parameter for found in wrong.failed} == {"hidden.weight", "hidden.bias"}
    assert repr(wrong).startswith("2 of 4 gradients are wrong") and "bug" in wrong._repr_html_()
    with pytest.raises(CheckError, match=r"hidden\.weight, hidden\.bias: the gradient is not that of the loss"):
        wrong.require()


def test_a_layer_is_checked_with_the_gradient_of_its_input() -> None:
    assert check(nnlab.layers.Conv2d(maps=2), in_shape=(4, 4, 3))
    assert check(nnlab.layers.MaxPool2d(), in_shape=(4, 4, 2))
    wrong = check(Slip(units=3), in_shape=(2,))
    assert {found.parameter for found in wrong.failed} == {"before.weight", "before.bias"}


def test_a_run_a_loss_and_values(small: nnlab.Run) -> None:
    before = small.weights()
    assert check(small)
    assert all(np.array_equal(value, small.weights()[name]) for name, value in before.items())
    values = graph(Dense(units=2), "values")
    assert check(values, in_shape=(3,), loss=nnlab.losses.Huber(), samples=5, seed=3)
    built = graph(Dense(units=2)).build((3,), rng=nnlab.Rng(1), dtype=np.float32)
    state = built.state()
    assert check(built)
    assert all(np.array_equal(value, built.state()[name]) for name, value in state.items())


@pytest.mark.parametrize(
    ("what", "more", "says"),
    [
        (nnlab.Graph(), {}, "graph: is not built"),
        (Dense(units=2), {}, "Dense: has no shape yet; pass in_shape=, of one sample"),
        (nnlab.losses.Huber(), {}, "check: is a Huber; pass a graph, a layer or a run"),
        (graph(Dense(units=2)), {"in_shape": (3,), "loss": nnlab.losses.Huber()}, "Huber takes"),
    ],
)
def test_what_cannot_be_checked(what: Any, more: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        check(what, **more)
