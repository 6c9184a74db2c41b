"""Gradients over whole graphs: shared values, unused outputs, weights of None, branches, loops and sequences."""

from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, parser

from nnlab.core.types import Array
from nnlab.onnx.backends.numpy import prepare
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked
from nnlab.onnx.ops.base import NoGradientError

X = np.array([0.5, -1.25, 2.0])
STEP = 1e-6


def model(text: str, opset: int = 21) -> ModelProto:
    """A model in ONNX's own text form."""
    proto: ModelProto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]> {text}')
    return proto


def check(proto: ModelProto, *inputs: Any, engine: Any = prepare) -> None:
    """Gradients agree with central differences of the weighted sum of all outputs (float64: wrong by 1e-9 or so)."""
    prepared = engine(proto)
    weights = [
        np.random.default_rng(place).standard_normal(y.shape) if y.dtype.kind == "f" else None
        for place, y in enumerate(prepared.run(list(inputs)))
    ]

    def total(*xs: Any) -> float:
        return sum(float(np.sum(w * y)) for w, y in zip(weights, prepared.run(list(xs)), strict=True) if w is not None)

    for place, dx in enumerate(prepared.gradients(list(inputs), weights)):
        x = inputs[place]
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
            assert dx is None
            continue
        expected = np.zeros_like(x)
        for index in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[index] += STEP
            down[index] -= STEP
            sides = [total(*inputs[:place], moved, *inputs[place + 1 :]) for moved in (up, down)]
            expected[index] = (sides[0] - sides[1]) / (2 * STEP)
        got = np.zeros_like(x) if dx is None else dx
        assert (got.shape, got.dtype) == (x.shape, x.dtype)
        np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-7)


def on_torch(proto: ModelProto) -> Any:
    """The same on torch, where it is installed."""
    pytest.importorskip("torch")
    from nnlab.onnx.backends.torch import prepare as prepare_on_torch

    return prepare_on_torch(proto)


engines = pytest.mark.parametrize("engine", [prepare, on_torch], ids=["numpy", "torch"])

IF = """g (bool c, double[3] x) => (double[3] y) {
    a = Mul(x, x)
    y = If (c) <
        then_branch = t () => (double[3] u) { u = Mul(a, x) },
        else_branch = e () => (double[3] v) { n = Exp(x)  v = Add(n, a) }
    >
}"""
LOOP = """g (int64 trips, double[3] x, double[3] w) => (double[3] y, double[N, 3] all) {
    y, all = Loop (trips, , x) < body = b (int64 i, bool go, double[3] s) => (bool on, double[3] t, double[3] kept) {
        on = Identity(go)
        p = Mul(s, w)
        t = Add(p, x)
        kept = Exp(s)
    } >
}"""
SCAN = """g (double[2] s, double[2, 3] xs, double[2] w) => (double[2] last, double[2, 3] all) {
    last, all = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_input_directions = [1],
        scan_output_axes = [1], scan_output_directions = [1],
        body = b (double[2] a, double[2] x) => (double[2] n, double[2] k) {
            p = Mul(a, w)  n = Add(p, x)  k = Mul(n, a) }
    > (s, xs)
}"""
SEQUENCES = """g (double[4] x, double[2] z) => (double[N] y, double[M] more) {
    two = Constant <value = int64 {2}> ()
    one = Constant <value = int64 {1}> ()
    parts = SplitToSequence <axis = 0> (x, two)
    longer = SequenceInsert (parts, z, one)
    shorter = SequenceErase (longer)
    y = ConcatFromSequence <axis = 0> (shorter)
    item = SequenceAt (longer, one)
    pair = SequenceConstruct (item, z)
    square = ConcatFromSequence <axis = 0, new_axis = 1> (pair)
    more = Mul (square, square)
}"""


@engines
@pytest.mark.parametrize("truth", [True, False])
def test_through_a_branch(engine: Any, truth: bool) -> None:
    check(model(IF), np.array(truth), X, engine=engine)


@engines
def test_through_a_loop(engine: Any) -> None:
    check(model(LOOP), np.array(3), X, X[::-1].copy(), engine=engine)


@engines
def test_through_a_loop_without_turns(engine: Any) -> None:
    y, gathered = engine(model(LOOP)).run([np.array(0), X, X])
    np.testing.assert_array_equal(y, X)
    assert (gathered.shape, gathered.dtype) == ((0, 3), np.float64)


@engines
def test_through_a_scan_in_both_directions(engine: Any) -> None:
    xs = np.array([[0.5, -1, 2], [1.5, 0.25, -0.75]])
    check(model(SCAN), np.array([1.0, -0.5]), xs, np.array([0.3, 1.2]), engine=engine)


@engines
def test_through_sequences(engine: Any) -> None:
    check(model(SEQUENCES), np.array([0.5, -1, 2, 3]), np.array([1.5, 0.25]), engine=engine)


def test_scan_of_version_8_walks_every_sample_as_far_as_it_goes() -> None:
    proto = model(
        """g (int64[2] n, float[2, 1] s, float[2, 3, 1] xs) => (float[2, 1] last, float[2, 3, 1] all) {
            last, all = Scan <num_scan_inputs = 1, body = b (float[1] a, float[1] x) => (float[1] t, float[1] k) {
                t = Add(a, x)  k = Identity(t) }> (n, s, xs) }""",
        opset=8,
    )
    xs = np.arange(1, 7, dtype=np.float32).reshape(2, 3, 1)
    last, gathered = prepare(proto).run([np.array([3, 2]), np.zeros((2, 1), np.float32), xs])
    np.testing.assert_array_equal(last, np.array([[6], [9]], np.float32))
    np.testing.assert_array_equal(gathered[..., 0], np.array([[1, 3, 6], [4, 9, 0]], np.float32))


@engines
def test_a_value_read_twice_gets_both_gradients(engine: Any) -> None:
    check(model("g (double[3] x) => (double[3] y) { a = Exp(x)  b = Mul(a, x)  y = Add(b, a) }"), X, engine=engine)


@engines
def test_outputs_that_nobody_uses_count_as_zeros(engine: Any) -> None:
    proto = model("g (double[3] x, double[3] z) => (double[1] y) { y, rest = Split <num_outputs = 2> (x) }")
    proto.graph.output[0].type.tensor_type.shape.dim[0].ClearField("dim_value")
    dx, dz = engine(proto).gradients([X, X], [np.array([1.0, 10])])
    np.testing.assert_array_equal(dx, np.array([1.0, 10, 0]))
    assert dz is None


@engines
def test_a_weight_of_none_counts_as_zeros(engine: Any) -> None:
    proto = model("g (double[3] x) => (double[3] y, double[3] z) { y = Mul(x, x)  z = Exp(x) }")
    (dx,) = engine(proto).gradients([X], [np.ones(3), None])
    np.testing.assert_allclose(dx, 2 * X, rtol=1e-15)  # one rounding
    (dx,) = engine(proto).gradients([X], [None, None])
    assert dx is None


@engines
def test_whole_numbers_with_a_weight_contribute_nothing(engine: Any) -> None:
    proto = model(
        """g (double[3] x, int64[2] i) => (double[2] y, int64[1] s, int64[] a) {
            y = Gather(x, i)  s = Shape(x)  a = ArgMax <axis = 0, keepdims = 0> (x) }"""
    )
    ins = [X, np.array([2, 2])]
    dx, di = engine(proto).gradients(ins, [np.array([1.0, 10]), np.ones(1), np.ones(())])
    np.testing.assert_array_equal(dx, np.array([0.0, 0, 11]))
    assert di is None
    dx, di = engine(proto).gradients(ins, [None, np.ones(1), None])
    assert dx is None and di is None


def test_a_gradient_of_floats_that_is_not_written_is_refused() -> None:
    proto = model("g (double[3] x) => (double[3] y) { y = Hardmax(x) }")
    with pytest.raises(NoGradientError, match="Hardmax has no gradient"):
        prepare(proto).gradients([X], [np.ones(3)])


def test_initializers_have_gradients_though_they_are_folded() -> None:
    proto = model("g (double[3] x) => (double[3] y) <double[3] w = {1, 2, 3}> { a = Mul(w, w)  y = Mul(a, x) }")
    found = NumpyModel(checked(proto)).gradients({"x": X}, [np.ones(3)])
    w = np.array([1.0, 2, 3])
    expected: dict[str, Array] = {"x": w * w, "w": 2 * w * X}
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-15)  # one rounding


def test_what_has_no_gradient_says_so_at_its_node() -> None:
    proto = model(
        """g (seq(double[3]) xs, double[3] x) => (double[N, 3] y) {
            s = SequenceConstruct(x)
            t = SequenceMap (s) <body = b (double[3] a) => (double[3] c) { c = Exp(a) }>
            y = ConcatFromSequence <axis = 0, new_axis = 1> (t) }"""
    )
    with pytest.raises(NoGradientError, match="SequenceMap has no gradient"):
        prepare(proto).gradients([[X], X], [np.ones((1, 3))])
