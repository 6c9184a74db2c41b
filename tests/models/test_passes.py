"""The passes through a network let go of what nobody needs, and of nothing else."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.core.workspace import Workspace
from nnlab.layers.add import Add
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.concat import Concat
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.flatten import Flatten
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.multiply import Multiply
from nnlab.layers.tanh import Tanh
from nnlab.models.graph import Graph
from nnlab.testing.batches import backward, forward

WIDTH, SAMPLES = 16, 8
ARRAY = WIDTH * SAMPLES * 8  # bytes of an output in float64, which are whole cache lines


class Spoilt(Workspace):
    """Lends memory full of NaN, so that whoever reads what it was lent no longer is found out."""

    def empty(self, shape: Shape, dtype: npt.DTypeLike) -> Array:
        lent = super().empty(shape, dtype)
        lent.view(np.uint8).fill(0xFF)
        return lent


def chain(*layers: Layer) -> Graph:
    graph = Graph()
    for number, layer in enumerate(layers):
        graph.add(f"node_{number}", layer)
    return graph.build((WIDTH,), rng=Rng(0), dtype=np.float64)


def inputs() -> Array:
    return Rng(1).generator().standard_normal((SAMPLES, WIDTH))


def test_an_output_goes_when_its_last_reader_has_run_unless_all_are_to_stay() -> None:
    graph = chain(Tanh(), BatchNorm(), Tanh())
    assert list(graph.forward(inputs(), Context())[1].outputs) == ["node_2"]
    assert list(graph.forward(inputs(), Context(), keep=True)[1].outputs) == ["input", "node_0", "node_1", "node_2"]


def test_a_step_needs_two_gradients_besides_what_its_layers_keep() -> None:
    graph, workspace = chain(*[Tanh() for _ in range(10)]), Spoilt()
    ctx = Context(training=True, workspace=workspace)
    y, tape = forward(graph, inputs(), ctx)
    assert workspace.lent == workspace.most == 10 * ARRAY  # every Tanh keeps its output
    del y
    backward(graph, np.ones((SAMPLES, WIDTH)), tape, ctx, needs_dx=True)
    # Tanh's backward makes dx and one temporary; of the ten outputs that of the last node is on the tape to the end
    assert 11 * ARRAY <= workspace.most <= 12 * ARRAY
    del tape
    assert workspace.lent == 0


def test_a_pass_without_a_way_back_keeps_one_output_at_a_time() -> None:
    workspace = Spoilt()
    graph = chain(*[Tanh() for _ in range(10)])
    outputs = graph.outputs(inputs(), Context(workspace=workspace))
    assert workspace.most == 2 * ARRAY and workspace.lent == ARRAY
    np.testing.assert_array_equal(outputs["output"], forward(graph, inputs(), Context())[0])
    del outputs
    assert workspace.lent == 0


def test_a_tape_is_used_up_unless_it_is_to_be_kept() -> None:
    graph, ctx, dy = chain(Dense(units=3), Tanh()), Context(training=True), np.ones((SAMPLES, 3))
    _, tape = forward(graph, inputs(), ctx)
    first = backward(graph, dy, tape, ctx, needs_dx=True, keep=True)
    once = graph.parameters[0].grad.copy()
    graph.zero_grad()
    second = backward(graph, dy, tape, ctx, needs_dx=True)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(graph.parameters[0].grad, once)
    with pytest.raises(UsageError, match=r"used up.*keep=True"):
        backward(graph, dy, tape, ctx)


LAYERS: tuple[Callable[[], Layer], ...] = (
    Tanh, LeakyReLU, BatchNorm, Flatten, lambda: Dropout(rate=0), lambda: Dropout(rate=0.3), lambda: Dense(units=WIDTH),
    Add, Multiply, lambda: Concat(axis=-1),
)  # fmt: skip
DRAWN = st.lists(st.tuples(st.sampled_from(LAYERS), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12)


@settings(deadline=None)
@given(DRAWN)
def test_no_network_reads_what_it_was_lent_no_longer(drawn: list[tuple[Callable[[], Layer], int, int]]) -> None:
    graph = Graph()
    names = ["input"]
    for made, *read in drawn:
        layer = made()
        two = isinstance(layer, Add | Multiply | Concat)
        names.append(graph.add(f"node_{len(names)}", layer, *(names[r % len(names)] for r in read[: 1 + two])))
        if isinstance(layer, Concat):  # back to the width that all have
            names.append(graph.add(f"node_{len(names)}", Dense(units=WIDTH), names[-1]))
    for name in names[1:]:  # whether others read it or not
        graph.head(f"head of {name}", name, emits="values")
    graph.build((WIDTH,), rng=Rng(0), dtype=np.float64)

    def taken(workspace: Workspace | None) -> dict[str, Array]:
        ctx = Context(training=True, workspace=workspace)
        graph.zero_grad()
        outputs, tape = graph.forward(inputs(), ctx)
        made = {head: y.copy() for head, y in outputs.items()}
        graph.observe(tape)
        dys = {head: np.cos(y) for head, y in outputs.items()}
        dx = graph.backward(dys, tape, ctx, needs_dx=True)
        assert dx is not None
        return made | {"dx": dx.copy()} | {p.name: p.grad.copy() for p in graph.parameters}

    workspace = Spoilt()
    expected = taken(None)
    for _ in range(2):
        for name, array in taken(workspace).items():
            np.testing.assert_array_equal(array, expected[name], err_msg=name)
        assert workspace.lent == 0


def test_what_statistics_become_is_known_before_they_move() -> None:
    graph, twin = chain(BatchNorm(), Tanh()), chain(BatchNorm(), Tanh())
    before = graph.state()
    _, tape = forward(graph, inputs(), Context(training=True))
    observed = graph.observed(tape)
    for name, value in graph.state().items():
        np.testing.assert_array_equal(value, before[name])
    twin.observe(forward(twin, inputs(), Context(training=True))[1])
    graph.move_buffers(observed)
    for name, value in twin.state().items():
        np.testing.assert_array_equal(graph.state()[name], value)
    assert not np.array_equal(graph.state()["node_0.running_mean"], before["node_0.running_mean"])
