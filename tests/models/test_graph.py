"""Graph: wiring, shapes, names, gradients that flow and sums where they meet, copies and state."""

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import RunError, ShapeError, UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.core.workspace import Workspace
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.add import Add
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.concat import Concat
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.tanh import Tanh
from nnlab.models.graph import Graph
from nnlab.testing.batches import backward, forward


def residual() -> Graph:
    """Fan-out, Add and Concat: `stem` is read by three nodes, `sum` by two."""
    graph = Graph()
    graph.add("stem", Dense(units=4))
    graph.add("branch", Tanh())
    graph.add("inner", Dense(units=4))
    graph.add("sum", Add(), "stem", "inner")
    graph.add("wide", Concat(), "sum", "stem", "sum")
    graph.add("norm", BatchNorm())
    graph.add("head", Dense(units=3))
    return graph


def built(graph: Graph, dtype: type = np.float64, seed: int = 0) -> Graph:
    return graph.build((5,), rng=Rng(seed), dtype=dtype)


def inputs(dtype: type = np.float64, samples: int = 6) -> Array:
    return Rng(1).generator().standard_normal((samples, 5)).astype(dtype)


def dys(graph: Graph, samples: int = 6) -> Array:
    return Rng(2).generator().standard_normal((samples, *graph.out_shape)).astype(graph.dtype)


def step(graph: Graph, workspace: Workspace | None = None) -> Array | None:
    """One forward and backward pass in training mode; the gradient of the input."""
    ctx = Context(training=True, workspace=workspace)
    graph.zero_grad()
    _, tape = forward(graph, inputs(graph.dtype.type), ctx)
    return backward(graph, dys(graph), tape, ctx, needs_dx=True)


def test_build_knows_every_shape_and_parameter() -> None:
    graph = built(residual())
    assert graph.shapes == {
        **{"input": (5,), "stem": (4,), "branch": (4,), "inner": (4,), "sum": (4,)},
        **{"wide": (12,), "norm": (12,), "head": (3,)},
    }
    assert (graph.in_shape, graph.outlet.node, graph.out_shape) == ((5,), "head", (3,))
    assert [p.name for p in graph.parameters] == [
        "stem.weight", "stem.bias", "inner.weight", "inner.bias", "norm.gamma", "norm.beta", "head.weight", "head.bias",
    ]  # fmt: skip
    assert [b.name for b in graph.buffers] == ["norm.running_mean", "norm.running_variance"]
    assert graph.parameter_count == 24 + 20 + 24 + 39
    assert graph.node_of("norm.gamma") == graph.node_of("norm.running_mean") == "norm"


def test_nodes_may_be_added_in_any_order_with_the_same_weights_and_result() -> None:
    shuffled = Graph()
    shuffled.add("head", Dense(units=3), "norm")
    shuffled.add("norm", BatchNorm(), "wide")
    shuffled.add("wide", Concat(), "sum", "stem", "sum")
    shuffled.add("inner", Dense(units=4), "branch")
    shuffled.add("sum", Add(), "stem", "inner")
    shuffled.add("stem", Dense(units=4), "input")
    shuffled.add("branch", Tanh(), "stem")
    one, other = built(residual()), built(shuffled)
    assert set(one.state()) == set(other.state())
    for name, value in one.state().items():
        np.testing.assert_array_equal(value, other.state()[name])
    np.testing.assert_array_equal(forward(one, inputs(), Context())[0], forward(other, inputs(), Context())[0])


def test_weights_are_the_same_numbers_in_both_dtypes() -> None:
    single, double = built(residual(), np.float32), built(residual(), np.float64)
    for p, q in zip(single.parameters, double.parameters, strict=True):
        assert p.value.dtype == np.float32 and q.value.dtype == np.float64
        np.testing.assert_array_equal(p.value, q.value.astype(np.float32))


def test_weights_are_drawn_at_the_parameters_own_address() -> None:
    state = built(residual(), seed=3).state()
    for name in ("stem.weight", "inner.weight"):
        drawn = INITIALIZERS.get("GlorotNormal")().draw(state[name].shape, Rng(3).at(name).generator())
        np.testing.assert_array_equal(state[name], drawn)


def test_weights_depend_on_the_seed_and_on_the_name_alone() -> None:
    weights = {seed: built(residual(), seed=seed).state()["inner.weight"] for seed in (0, 1)}
    assert not np.array_equal(weights[0], weights[1])
    alone = Graph()
    alone.add("inner", Dense(units=4))
    np.testing.assert_array_equal(alone.build((4,), rng=Rng(0), dtype=np.float64).state()["inner.weight"], weights[0])


def assert_gradients_agree(graph: Graph) -> None:
    """Every gradient, the input's too, against central differences of sum(y * dy)."""
    x, dy = inputs(), dys(graph)

    def value() -> float:
        return float(np.sum(forward(graph, x, Context(training=True))[0] * dy))

    dx = step(graph)
    assert dx is not None
    checked = {p.name: (p.value, p.grad) for p in graph.parameters} | {"input": (x, dx)}
    for name, (array, gradient) in checked.items():
        assert gradient.shape == array.shape and gradient.dtype == np.float64
        numeric = np.empty_like(array)
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + 1e-5
            above = value()
            array[index] = kept - 1e-5
            numeric[index] = (above - value()) / 2e-5
            array[index] = kept
        # 1e-7 of the largest: what a step of 1e-5 leaves in float64 (h^2 = 1e-10, rounding 1e-16 / 1e-5 = 1e-11).
        assert np.linalg.norm(gradient - numeric) <= 1e-7 * max(np.linalg.norm(gradient), 1.0), name


def test_every_gradient_agrees_with_central_differences_where_paths_meet() -> None:
    assert_gradients_agree(built(residual()))


def test_a_gradient_that_two_nodes_share_is_not_written_into() -> None:
    """Add hands `left` and `right` one array; `left` gets more from `after` before `right` has read its own."""
    graph = Graph()
    graph.add("left", Dense(units=4), "input")
    graph.add("right", Dense(units=4), "input")
    graph.add("after", Dense(units=4), "left")
    graph.add("sum", Add(), "left", "right")
    graph.add("all", Add(), "sum", "after")
    assert_gradients_agree(built(graph))


def test_without_needs_dx_the_parameters_get_the_same_gradients_and_the_input_none() -> None:
    graph, twin = built(residual()), built(residual())
    step(graph)
    ctx = Context(training=True)
    _, tape = forward(twin, inputs(), ctx)
    assert backward(twin, dys(twin), tape, ctx) is None
    for p, q in zip(graph.parameters, twin.parameters, strict=True):
        np.testing.assert_array_equal(p.grad, q.grad)


def test_layers_with_nothing_learning_before_them_are_not_asked_for_dx() -> None:
    asked: dict[str, bool] = {}

    class Asked(Dense):
        def backward(self, dy, cache, ctx):  # type: ignore[no-untyped-def]
            asked[ctx.node] = ctx.needs_dx
            return super().backward(dy, cache, ctx)

    graph = Graph()
    graph.add("first", Asked(units=4))
    graph.add("second", Asked(units=4))
    graph.add("beside", Asked(units=4), "input")
    graph.add("sum", Add(), "second", "beside")
    built(graph)
    ctx = Context(training=True)
    _, tape = forward(graph, inputs(), ctx)
    backward(graph, dys(graph), tape, ctx)
    assert asked == {"first": False, "second": True, "beside": False}


def test_gradients_add_up_until_zero_grad() -> None:
    graph = built(residual())
    step(graph)
    once = [p.grad.copy() for p in graph.parameters]
    ctx = Context(training=True)
    _, tape = forward(graph, inputs(), ctx)
    backward(graph, dys(graph), tape, ctx)
    for p, first in zip(graph.parameters, once, strict=True):
        np.testing.assert_allclose(p.grad, 2 * first, rtol=1e-15)
    step(graph)
    for p, first in zip(graph.parameters, once, strict=True):
        np.testing.assert_array_equal(p.grad, first)


def test_a_workspace_changes_no_bit_and_stops_growing() -> None:
    plain, lean, workspace = built(residual()), built(residual()), Workspace()
    step(plain)
    sizes = []
    for _ in range(3):
        step(lean, workspace)
        sizes.append(workspace.nbytes)
    assert sizes[0] == sizes[1] == sizes[2] > workspace.lent == 0
    for p, q in zip(plain.parameters, lean.parameters, strict=True):
        np.testing.assert_array_equal(p.grad, q.grad)


@pytest.mark.parametrize("start", ["stem", "inner", "norm", "head"])
def test_forward_from_a_node_is_forward_when_only_its_parameters_changed(start: str) -> None:
    graph = built(residual())
    x = inputs()
    _, tape = graph.forward(x, Context(training=True), keep=True)
    before = {name: y.copy() for name, y in tape.outputs.items()}
    for p in graph.parameters:
        if graph.node_of(p.name) == start:
            p.value += 0.1
    y = graph.forward_from(start, tape, Context(training=True))["output"]
    np.testing.assert_array_equal(y, forward(graph, x, Context(training=True))[0])
    assert not np.array_equal(y, before["head"])
    for name, kept in before.items():
        np.testing.assert_array_equal(tape.outputs[name], kept)


def test_forward_from_runs_only_what_lies_downstream() -> None:
    graph = built(residual())
    _, tape = graph.forward(inputs(), Context(), keep=True)
    seen: list[str] = []
    graph.forward_from("norm", tape, Context(watch=lambda node, what, array: seen.append(node)))
    assert seen == ["norm", "head"]


def test_watch_sees_every_tensor_of_a_step_once() -> None:
    graph = built(residual())
    seen: list[tuple[str, str]] = []
    ctx = Context(training=True, watch=lambda node, what, array: seen.append((node, what)))
    _, tape = forward(graph, inputs(), ctx)
    backward(graph, dys(graph), tape, ctx)
    nodes = [node.name for node in graph.nodes]
    fields = {(graph.node_of(p.name), "gradient " + p.name.split(".")[1]) for p in graph.parameters}
    assert seen[: len(nodes)] == [(name, "forward") for name in nodes]
    assert set(seen[len(nodes) :]) == {(name, "backward") for name in nodes} | fields
    assert len(seen) == len(set(seen))


def test_forward_and_backward_move_nothing_observe_moves_the_statistics() -> None:
    graph = built(residual())
    before = graph.state()
    ctx = Context(training=True)
    _, tape = forward(graph, inputs(), ctx)
    backward(graph, dys(graph), tape, ctx, keep=True)
    for name, value in graph.state().items():
        np.testing.assert_array_equal(value, before[name])
    graph.observe(tape)
    changed = {name for name, value in graph.state().items() if not np.array_equal(value, before[name])}
    assert changed == {"norm.running_mean", "norm.running_variance"}


def test_astype_gives_a_copy_that_shares_nothing() -> None:
    graph = built(residual(), np.float32)
    twin = graph.astype(np.float64)
    assert twin.dtype == np.float64 and all(p.value.dtype == np.float64 for p in twin.parameters)
    before = graph.state()
    for name, value in twin.state().items():
        np.testing.assert_array_equal(value, before[name].astype(np.float64))
    ctx = Context(training=True)
    _, tape = forward(twin, inputs(), ctx)
    twin.observe(tape)
    backward(twin, dys(twin), tape, ctx)
    for p in twin.parameters:
        p.value += 1
    for name, value in graph.state().items():
        np.testing.assert_array_equal(value, before[name])
    assert not any(p.grad.any() for p in graph.parameters)


def test_an_input_of_another_dtype_is_converted() -> None:
    graph = built(residual(), np.float64)
    y, _ = forward(graph, inputs(np.float32), Context())
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, forward(graph, inputs(np.float32).astype(np.float64), Context())[0])


def test_state_goes_round() -> None:
    graph, other = built(residual(), seed=0), built(residual(), seed=1)
    other.load_state(graph.state())
    np.testing.assert_array_equal(forward(graph, inputs(), Context())[0], forward(other, inputs(), Context())[0])
    graph.parameters[0].value += 1
    assert not np.array_equal(graph.state()["stem.weight"], other.state()["stem.weight"])


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        (lambda s: s.pop("inner.bias"), "inner.bias", "lack it"),
        (lambda s: s.update({"inner.bias": np.zeros(7)}), "inner.bias", "(4,)"),
        (lambda s: s.update({"iner.bias": np.zeros(4)}), "iner.bias", "did you mean inner.bias"),
        (lambda s: s.update({"inner.bias": np.zeros(4, np.complex64)}), "inner.bias", "complex64 in these weights"),
    ],
    ids=["missing", "another shape", "unknown", "another type"],
)
def test_weights_of_another_network_are_refused_and_change_nothing(change, where, says) -> None:  # type: ignore[no-untyped-def]
    graph = built(residual())
    state = {name: value + 1 for name, value in graph.state().items()}
    change(state)
    before = graph.state()
    with pytest.raises(UsageError) as caught:
        graph.load_state(state)
    assert caught.value.where == where and says in str(caught.value)
    for name, value in graph.state().items():
        np.testing.assert_array_equal(value, before[name])


def test_a_shape_that_does_not_fit_names_the_node() -> None:
    graph = Graph()
    graph.add("left", Dense(units=4))
    graph.add("right", Dense(units=5), "input")
    graph.add("sum", Add(), "left", "right")
    with pytest.raises(ShapeError, match=r"node 'sum'.*\(4,\) and \(5,\)"):
        built(graph)
    with pytest.raises(ShapeError, match=r"input: .*\(5,\).*\(7,\)"):
        built(residual()).forward(np.zeros((2, 7)), Context())


def test_a_name_or_a_layer_is_used_once() -> None:
    graph, layer = Graph(), Dense(units=4)
    graph.add("a", layer)
    with pytest.raises(UsageError, match="node 'a'"):
        graph.add("a", Tanh())
    with pytest.raises(UsageError, match="node 'input'"):
        graph.add("input", Tanh())
    with pytest.raises(UsageError, match=r"node 'b'.*node 'a'"):
        graph.add("b", layer)


def test_a_wrong_wiring_is_said_when_built() -> None:
    graph = Graph()
    graph.add("a", Tanh(), "b")
    graph.add("b", Tanh(), "a")
    with pytest.raises(UsageError, match="circle"):
        built(graph)


def test_dropout_masks_belong_to_the_step_and_the_node() -> None:
    graph = Graph()
    graph.add("one", Dropout(rate=0.5))
    graph.add("two", Dropout(rate=0.5), "input")
    graph.add("both", Concat(), "one", "two")
    graph.build((50,), rng=Rng(0), dtype=np.float64)
    x = np.ones((4, 50))

    def masks(place: int) -> Array:
        return forward(graph, x, Context(training=True, rng=Rng(0).at("step", place)))[0]

    np.testing.assert_array_equal(masks(1), masks(1))
    assert not np.array_equal(masks(1), masks(2))
    assert not np.array_equal(masks(1)[:, :50], masks(1)[:, 50:])


def test_a_layer_for_which_there_is_not_the_memory_is_named() -> None:
    graph = Graph()
    graph.add("wide", Dense(units=2**31 - 1))
    with pytest.raises(RunError, match=r"wide.weight: would be 100x2147483647 values") as caught:
        graph.build((100,), rng=Rng(0), dtype=np.float32)
    assert "--layers" in str(caught.value)


def two_heads() -> Graph:
    """`early` is read by others too, `deep` by nobody; `stem` is upstream of both, `inner` of one."""
    graph = Graph()
    graph.add("stem", Dense(units=4))
    graph.add("early", Tanh())
    graph.add("inner", Dense(units=3))
    graph.add("deep", Concat(), "inner", "early")
    graph.head("whole", "deep", emits="values")
    graph.head("half", "early", emits="logits")
    return graph


def head_dys(graph: Graph) -> dict[str, Array]:
    generator = Rng(4).generator()
    return {head: generator.standard_normal((6, *shape)) for head, shape in graph.out_shapes.items()}


def head_gradients(graph: Graph, dys: dict[str, Array], workspace: Workspace | None = None) -> dict[str, Array]:
    """Of every parameter and of the input, given those of the heads."""
    ctx = Context(training=True, workspace=workspace)
    graph.zero_grad()
    _, tape = graph.forward(inputs(), ctx)
    dx = graph.backward(dys, tape, ctx, needs_dx=True)
    assert dx is not None
    return {p.name: p.grad.copy() for p in graph.parameters} | {"input": dx.copy()}


def test_a_network_may_have_several_heads() -> None:
    graph = built(two_heads())
    assert {name: (outlet.node, outlet.emits) for name, outlet in graph.heads.items()} == {
        "whole": ("deep", "values"),
        "half": ("early", "logits"),
    }
    assert graph.out_shapes == {"whole": (7,), "half": (4,)}
    outputs, tape = graph.forward(inputs(), Context())
    assert list(outputs) == ["whole", "half"]
    assert outputs["whole"] is tape.outputs["deep"] and outputs["half"] is tape.outputs["early"]
    with pytest.raises(UsageError, match="2 heads, whole, half, where one is needed"):
        _ = graph.out_shape


def test_gradients_of_several_heads_are_those_of_their_sum() -> None:
    graph = built(two_heads())
    given, x = head_dys(graph), inputs()

    def value() -> float:
        outputs = graph.outputs(x, Context(training=True))
        return float(sum(np.sum(y * given[head]) for head, y in outputs.items()))

    kept = {head: dy.copy() for head, dy in given.items()}
    found = head_gradients(graph, given)
    for head, dy in kept.items():
        np.testing.assert_array_equal(given[head], dy)
    arrays = {p.name: p.value for p in graph.parameters} | {"input": x}
    for name, array in arrays.items():
        numeric = np.empty_like(array)
        for index in np.ndindex(array.shape):
            before = array[index]
            array[index] = before + 1e-5
            above = value()
            array[index] = before - 1e-5
            numeric[index] = (above - value()) / 2e-5
            array[index] = before
        # as above: what a step of 1e-5 leaves in float64
        assert np.linalg.norm(found[name] - numeric) <= 1e-7 * max(np.linalg.norm(numeric), 1.0), name


def test_each_head_adds_its_own_and_one_alone_leaves_what_only_others_read() -> None:
    graph = built(two_heads())
    given = head_dys(graph)
    parts = [
        head_gradients(graph, {head: dy if head == only else np.zeros_like(dy) for head, dy in given.items()})
        for only in given
    ]
    for name, gradient in head_gradients(graph, given).items():
        np.testing.assert_allclose(parts[0][name] + parts[1][name], gradient, rtol=1e-12, atol=1e-14)
    assert not parts[1]["inner.weight"].any() and parts[1]["stem.weight"].any()


def test_two_heads_of_one_node_get_the_sum() -> None:
    graph, plain = Graph(), Graph()
    for each in (graph, plain):
        each.add("only", Dense(units=3))
    graph.head("a", "only", emits="values")
    graph.head("b", "only", emits="logits")
    built(graph), built(plain)
    given = head_dys(graph)
    summed = head_gradients(plain, {"output": given["a"] + given["b"]})
    for name, gradient in head_gradients(graph, given).items():
        np.testing.assert_array_equal(gradient, summed[name])


def test_several_heads_in_a_workspace_change_no_bit() -> None:
    plain, lean, workspace = built(two_heads()), built(two_heads()), Workspace()
    for _ in range(2):
        found = head_gradients(lean, head_dys(lean), workspace)
    for name, gradient in head_gradients(plain, head_dys(plain)).items():
        np.testing.assert_array_equal(found[name], gradient)


def test_forward_from_gives_every_head() -> None:
    graph = built(two_heads())
    before, tape = graph.forward(inputs(), Context(), keep=True)
    graph.own("inner")["weight"].value[:] += 1
    outputs, whole = graph.forward_from("inner", tape, Context()), graph.outputs(inputs(), Context())
    assert outputs["half"] is before["half"]
    np.testing.assert_array_equal(outputs["whole"], whole["whole"])
    assert not np.array_equal(outputs["whole"], before["whole"])


def test_a_copy_has_the_same_heads() -> None:
    graph = built(two_heads(), np.float32)
    for twin in (graph.astype(np.float64), graph.with_layers(lambda node: None)):
        assert twin.heads == graph.heads
        assert list(twin.forward(inputs(), Context())[0]) == ["whole", "half"]


def test_a_head_that_cannot_be_is_refused() -> None:
    graph = two_heads()
    with pytest.raises(UsageError, match="head 'half': this name is taken"):
        graph.head("half", "deep", emits="values")
    with pytest.raises(UsageError, match=r"head 'other': reads 'dep', which is no node.*deep"):
        graph.head("other", "dep", emits="values")
    graph.add("loose", Tanh(), "early")
    with pytest.raises(UsageError, match="node 'loose': nobody reads its output"):
        built(graph)
