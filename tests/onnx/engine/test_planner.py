"""Plans: order, what is freed when, constants computed once, graphs inside operators, functions put in."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, parser

from nnlab.core.errors import DataError
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.planner import plan
from nnlab.onnx.file.read import checked
from nnlab.onnx.limits import limited
from nnlab.onnx.ops.base import OPERATORS, Operator, Operators, Values

X = np.array([1, -2, 3], np.float32)


def model(text: str, opset: int = 21) -> ModelProto:
    """A model in ONNX's own text form."""
    proto: ModelProto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]> {text}')
    return proto


def outputs(proto: ModelProto, **inputs: Any) -> Values:
    return plan(checked(proto), numpy_compute).run(numpy_compute, inputs)


def test_nodes_run_after_what_they_read() -> None:
    proto = model("g (float[3] x) => (float[3] y) { a = Neg(x)  b = Relu(a)  y = Add(b, a) }")
    shuffled = [proto.graph.node[place] for place in (2, 1, 0)]
    backwards = ModelProto()
    backwards.CopyFrom(proto)
    del backwards.graph.node[:]
    backwards.graph.node.extend(shuffled)
    names = [step.operator.name for step in plan(checked(backwards), numpy_compute).steps]
    assert names == ["Neg", "Relu", "Add"]
    np.testing.assert_array_equal(outputs(backwards, x=X)[0], np.maximum(-X, 0) - X)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("g (float[3] x) => (float[3] y) { a = Add(x, y)  y = Relu(a) }", "cycle"),
        ("g (float[3] x) => (float[3] y) { y = Add(y, x) }", "cycle"),
        ("g (float[3] x) => (float[3] y) { y = Add(x, nobody) }", "'nobody', which nothing gives"),
        ("g (float[3] x) => (float[3] y, float[3] z) { y = Relu(x) }", "output 'z' is given by nothing"),
        ("g (float[3] x) => (float[3] y) { y = Relu(x)  y = Neg(x) }", "two things give 'y'"),
    ],
)
def test_unsound_graphs_are_said(text: str, said: str) -> None:
    with pytest.raises(DataError) as raised:
        plan(checked(model(text)), numpy_compute)
    assert said in str(raised.value)


def test_no_value_outlives_its_last_reader() -> None:
    proto = model("g (float[3] x) => (float[3] y) { a = Neg(x)  b = Relu(a)  c = Abs(b)  d = Exp(a)  y = Add(c, d) }")
    frees = {step.operator.name: set(step.frees) for step in plan(checked(proto), numpy_compute).steps}
    assert frees == {"Neg": {"x"}, "Relu": set(), "Abs": {"b"}, "Exp": {"a"}, "Add": {"c", "d"}}


def test_what_nobody_reads_is_freed_at_once_and_outputs_never() -> None:
    proto = model("g (float[3] x) => (float[3] y) { y = Neg(x)  z = Abs(y) }")
    frees = {step.operator.name: set(step.frees) for step in plan(checked(proto), numpy_compute).steps}
    assert frees == {"Neg": {"x"}, "Abs": {"z"}}


IF = """g (bool c, float[3] x) => (float[3] y) {
    a = Neg(x)
    y = If (c) <
        then_branch = t () => (float[3] u) { u = Abs(a) },
        else_branch = e () => (float[3] v) { n = Exp(x)  v = Add(n, a) }
    >
}"""


def test_names_that_inner_graphs_read_are_captured_and_live_as_long() -> None:
    steps = plan(checked(model(IF)), numpy_compute).steps
    assert steps[-1].captured == ("a", "x")
    assert set(steps[0].frees) == set()
    assert {"a", "x"} <= set(steps[-1].frees)


@pytest.mark.parametrize("truth", [True, False])
def test_a_branch_reads_values_around_it(truth: bool) -> None:
    (y,) = outputs(model(IF), c=np.array(truth), x=X)
    np.testing.assert_allclose(y, np.abs(X) if truth else np.exp(X) - X, rtol=1e-6)


def test_graphs_two_levels_down_read_the_outermost_values() -> None:
    inner = IF.replace("u = Abs(a)", "u = If (c) < then_branch = p () => (float[3] w) { w = Mul(x, a) }, "
                       "else_branch = q () => (float[3] k) { k = Abs(a) } >")  # fmt: skip
    steps = plan(checked(model(inner)), numpy_compute).steps
    assert steps[-1].captured == ("a", "c", "x")
    np.testing.assert_array_equal(outputs(model(inner), c=np.array(True), x=X)[0], -X * X)


FOLDABLE = """g (float[3] x) => (float[3] y) <float[3] w = {1, 2, 3}> {
    two = Constant <value = float {2}> ()
    a = Mul(w, two)
    b = Neg(a)
    y = Add(x, b)
}"""


def test_what_depends_on_constants_alone_is_computed_once() -> None:
    ran: list[str] = []

    def counted(operator: Operator, inputs: Values, scope: Mapping[str, Any]) -> Values:
        ran.append(operator.name)
        return numpy_compute(operator, inputs, scope)

    made = plan(checked(model(FOLDABLE)), counted)
    ran.clear()
    (y,) = made.run(counted, {"x": X})
    assert ran == ["Add"]
    np.testing.assert_array_equal(y, X - np.array([2, 4, 6], np.float32))


def test_folding_leaves_every_step_for_gradients_and_for_other_weights() -> None:
    made = plan(checked(model(FOLDABLE)), numpy_compute)
    assert [step.operator.name for step in made.steps] == ["Constant", "Mul", "Neg", "Add"]
    (y,) = made.run(numpy_compute, {"x": X, "w": np.zeros(3, np.float32)})
    np.testing.assert_array_equal(y, X)


@pytest.mark.parametrize(
    "make", ["RandomNormal <shape = [3]> ()", "ConstantOfShape <value = float[1] {1}> (size)"], ids=["random", "large"]
)
def test_chance_and_large_results_are_not_folded(make: str) -> None:
    proto = model(f"g (float x) => (float[N] y) <int64[1] size = {{2000000}}> {{ a = {make}  y = Add(x, a) }}")
    made = plan(checked(proto), numpy_compute)
    assert made.quick is None
    assert [step.operator.name for step in made.steps][-1] == "Add"


def test_a_constant_that_is_an_output_cannot_be_spoiled() -> None:
    made = plan(checked(model("g () => (float[2] y) { y = Constant <value = float[2] {1, 2}> () }")), numpy_compute)
    (y,) = made.run(numpy_compute, {})
    with pytest.raises(ValueError, match="read-only"):
        y[0] = 5


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """These operators have no class."""
    known = Operators.get

    def get(table: Operators, domain: str, name: str, since: int) -> type[Operator] | None:
        return None if name in names else known(table, domain, name, since)

    monkeypatch.setattr(Operators, "get", get)


@pytest.mark.parametrize("operator", ["HardSwish", "LogSoftmax", "Clip"])
def test_operators_without_a_class_are_put_in_by_their_definition(
    monkeypatch: pytest.MonkeyPatch, operator: str
) -> None:
    proto = model(f"g (float[3] x) => (float[3] y) {{ y = {operator}(x) }}")
    (expected,) = outputs(proto, x=X)
    hide(monkeypatch, operator)
    (y,) = outputs(proto, x=X)
    assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(y, expected, rtol=1e-5)  # a definition rounds at other places


def test_definitions_are_put_in_inside_branches(monkeypatch: pytest.MonkeyPatch) -> None:
    proto = model(IF.replace("u = Abs(a)", "u = HardSwish(a)"))
    (expected,) = outputs(proto, c=np.array(True), x=X)
    hide(monkeypatch, "HardSwish")
    np.testing.assert_allclose(outputs(proto, c=np.array(True), x=X)[0], expected, rtol=1e-6)


def test_what_no_definition_has_is_named_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "Neg", "Exp")
    with pytest.raises(DataError) as raised:
        outputs(model(IF), c=np.array(True), x=X)
    assert "Neg (version 13)" in str(raised.value)
    assert "Exp (version 13)" in str(raised.value)


LOOP = """g (float[3] x) => (float[3] y, float[N, 3] all) {
    forever = Constant <value = bool {1}> ()
    y, all = Loop (, forever, x) < body = b (int64 i, bool go, float[3] s) => (bool on, float[3] t, float[3] kept) {
        on = Identity(go)
        t = Add(s, x)
        kept = Identity(s)
    } >
}"""


def test_a_loop_without_an_end_ends_with_an_error() -> None:
    with limited(turns=50), pytest.raises(DataError) as raised:
        outputs(model(LOOP), x=X)
    assert "did not end after 50 turns" in str(raised.value)


def test_every_since_version_has_one_class() -> None:
    assert len(OPERATORS.keys()) == len(set(OPERATORS.keys()))


def test_definitions_are_put_in_where_inputs_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    proto = model(
        "g (float[1, 1, 2, 4] q, float[1, 1, 3, 4] k, float[1, 1, 3, 4] v, float[1, 1, 1, 4] pk, float[1, 1, 1, 4] pv)"
        " => (float[1, 1, 2, 4] y, float[1, 1, 4, 4] nk, float[1, 1, 4, 4] nv)"
        " { y, nk, nv = Attention (q, k, v, , pk, pv) }",
        opset=24,
    )
    hide(monkeypatch, "Attention")
    rng = np.random.default_rng(0)
    shapes = {"q": (2, 4), "k": (3, 4), "v": (3, 4), "pk": (1, 4), "pv": (1, 4)}
    given = {name: rng.standard_normal((1, 1, *shape)).astype(np.float32) for name, shape in shapes.items()}
    y, keys, values = outputs(proto, **given)
    k, v = (np.concatenate([given[f"p{name}"], given[name]], axis=2) for name in "kv")
    scores = np.exp(given["q"] @ k.swapaxes(2, 3) / 2)  # 2 is the root of the head's size
    np.testing.assert_array_equal(keys, k)
    np.testing.assert_array_equal(values, v)
    np.testing.assert_allclose(y, scores / scores.sum(-1, keepdims=True) @ v, rtol=1e-4, atol=1e-6)  # float32 sums
