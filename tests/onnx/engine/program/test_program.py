"""Programs give what the plan gives: run after run, on any shape, whoever reads what."""

from typing import Any

import numpy as np
import pytest
from onnx import parser

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.kernels.threads import at_most_threads
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.program.program import Program, settled
from nnlab.onnx.file.read import checked

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
"""float64: sums of some hundred products of about 1, in another order."""


def model(text: str, shapes: dict[str, tuple[int, ...]], dtype: Any = np.float64, opset: int = 13) -> NumpyModel:
    """Options:  text: a graph in onnx's language, T for the type.  shapes: of constants by chance."""
    name = {np.float64: "double", np.float32: "float"}[dtype]
    proto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]> g {text.replace("T[", name + "[")}')
    rng = np.random.default_rng(3)
    for key, shape in shapes.items():
        value = rng.uniform(-1, 1, shape).astype(dtype)
        proto.graph.initializer.add(
            name=key, dims=shape, data_type={"double": 11, "float": 1}[name], raw_data=value.tobytes()
        )
    return NumpyModel(checked(proto))


def agrees(made: NumpyModel, *xs: dict[str, Array], **close: float) -> list[Any]:
    """Runs the model on each input twice and holds it against the plan, step by step; the outputs of the last."""
    y: Any = ()
    for turn in range(2):
        for x in xs:
            slow = made.plan.run(numpy_compute, {**made.plan.constants, **x})
            y = made.run(x)
            for own, expected in zip(y, slow, strict=True):
                assert (own.shape, own.dtype) == (expected.shape, expected.dtype), turn
                np.testing.assert_allclose(own, expected, **(close or CLOSE))
    return list(y)


def program(made: NumpyModel) -> Program:
    """The only one that the model has."""
    (only,) = made.programs.kept.values()
    return only


def images(*shape: int, seed: int = 0, dtype: Any = np.float64) -> Array:
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(dtype)


BLOCK = """(T[N, 4, H, W] x) => (T[N, 4, H, W] y)
    { c = Conv <pads = [1, 1, 1, 1]> (x, w, b)  r = Relu(c)
      d = Conv <pads = [1, 1, 1, 1]> (r, v)  s = Add(d, x)  y = Relu(s) }"""


def test_a_residual_block_is_two_calls() -> None:
    made = model(BLOCK, {"w": (4, 4, 3, 3), "b": (4,), "v": (4, 4, 3, 3)})
    agrees(made, {"x": images(2, 4, 7, 5)}, {"x": images(2, 4, 7, 5, seed=1)})
    assert len(program(made).calls) == 3  # the input is put in its place before
    assert not program(made).runs_operators


def test_inputs_are_not_copied_for_a_form_that_does_not_take_them() -> None:
    """A convolution along one axis has none."""
    made = model("(T[N, 4, L] x) => (T[N, 4, K] y) { y = Conv (x, w) }", {"w": (4, 4, 3)})
    agrees(made, {"x": images(2, 4, 9)}, {"x": images(2, 4, 9, seed=1)})
    assert [step.operator.name for step, _ in program(made).calls] == ["Conv", "Conv"]  # runs, and lets go of x
    assert program(made).memory.held == 0


def test_what_was_copied_stands_for_the_original() -> None:
    target = np.zeros(3)
    loose: dict[str, Any] = {"a": np.arange(3.0)}
    settled(loose, "a", target)()
    assert loose["a"] is target
    np.testing.assert_array_equal(target, [0, 1, 2])


def test_outputs_are_the_caller_s_own() -> None:
    made = model("(T[2, 3] x) => (T[2, 3] y, T[3, 2] z) { y = Relu(x)  z = Transpose(y) }", {})
    y, z = agrees(made, {"x": images(2, 3)})
    y[...], z[...] = 7, 7
    agrees(made, {"x": images(2, 3)})


def test_what_others_read_later_is_not_written_over() -> None:
    text = """(T[2, 6] x) => (T[2, 6] y, T[2, 6] z)
        { a = Relu(x)  b = Neg(a)  v = Reshape(a, s)  c = Exp(v)  r = Reshape(c, t)  y = Add(b, r)  z = Add(a, y) }"""
    text = text.replace(
        "{ a", "{ s = Constant <value = int64[2] {3, 4}> ()  t = Constant <value = int64[2] {2, 6}> ()  a"
    )
    agrees(model(text, {}), {"x": images(2, 6)}, {"x": images(2, 6, seed=1)})


def test_an_input_that_is_given_out_and_one_that_nobody_reads() -> None:
    made = model("(T[2, 3] x, T[2] u) => (T[2, 3] x, T[2, 3] y) { y = Neg(x) }", {})
    agrees(made, {"x": images(2, 3), "u": images(2)})


def test_shapes_are_constants_once_the_input_s_is_given() -> None:
    text = """(T[N, 4, H, W] x) => (T[N, P] y)
        { c = Conv (x, w)  s = Shape(c)  i = Constant <value = int64[1] {0}> ()  n = Gather(s, i)
          m = Constant <value = int64[1] {-1}> ()  t = Concat <axis = 0> (n, m)  y = Reshape(c, t) }"""
    made = model(text, {"w": (2, 4, 1, 1)})
    agrees(made, {"x": images(2, 4, 3, 3)})
    assert [step.operator.name for step, _ in program(made).calls] == ["Conv", "Conv", "Reshape"]


def test_weights_may_be_computed_of_the_input_s_shape() -> None:
    text = """(T[N, 1, H, W] x) => (T[N, 2, P, Q] y)
        { i = Constant <value = int64[1] {2}> ()  s = Shape(x)  h = Gather(s, i)  f = Cast <to = 11> (h)  v = Mul(w, f)
          y = Conv (x, v) }"""
    agrees(model(text, {"w": (2, 1, 2, 2)}), *({"x": images(1, 1, height, 5)} for height in (4, 6)))


def test_channels_stay_last_through_joins_shuffles_and_padding() -> None:
    text = """(T[N, 4, H, W] x) => (T[N, 8, H, W] y)
        { a = Conv (x, w)  m = MaxPool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (a)  c = Concat <axis = 1> (m, a)
          s = Constant <value = int64[5] {0, 2, 4, 5, 5}> ()  t = Constant <value = int64[4] {0, 8, 5, 5}> ()
          r = Reshape(c, s)  p = Transpose <perm = [0, 2, 1, 3, 4]> (r)  q = Reshape(p, t)  d = Relu(q)
          y = Conv <group = 8, pads = [1, 1, 1, 1]> (d, v) }"""
    agrees(model(text, {"w": (4, 4, 1, 1), "v": (8, 1, 3, 3)}), {"x": images(2, 4, 5, 5)})


def test_gates_and_normalisation_are_done_channel_by_channel() -> None:
    text = """(T[N, 4, H, W] x) => (T[N, 6, H, W] y)
        { a = Conv (x, w)  r = Relu(a)  q = Mul(v, v)  n = BatchNormalization(r, s, t, m, q)  p = GlobalAveragePool(n)
          o = Conv (p, u)  g = Sigmoid(o)  h = Mul(n, g)  k = Mul(c, h)  y = Add(k, d) }"""
    shapes = {"w": (6, 4, 1, 1), "u": (6, 6, 1, 1), "c": (6, 1, 1), "d": (1, 6, 1, 1)} | dict.fromkeys("stmv", (6,))
    agrees(model(text, shapes), *({"x": images(n, 4, 20, 30, seed=n)} for n in (1, 2)))


def test_summands_may_change_from_run_to_run() -> None:
    text = "(T[4, 6] x, T[5] b) => (T[4, 5] y, T[4, 5] z) { c = Relu(b)  y = Gemm(x, w, c)  z = Add(y, c) }"
    made = model(text, {"w": (6, 5)})
    agrees(made, *({"x": images(4, 6, seed=n), "b": images(5, seed=n)} for n in range(3)))


def test_operators_without_a_form_stand_between_those_that_have_one() -> None:
    text = """(T[N, 4, H, W] x) => (T[N, 4, H, W] y)
        { a = Conv (x, w)  n = InstanceNormalization(a, g, h)  b = Conv (n, w)  y = Softmax <axis = 1> (b) }"""
    made = model(text, {"w": (4, 4, 1, 1), "g": (4,), "h": (4,)})
    agrees(made, {"x": images(2, 4, 3, 5)}, {"x": images(2, 4, 3, 5, seed=1)})
    assert program(made).runs_operators


def test_what_has_another_size_with_other_numbers_stays_with_the_operators() -> None:
    text = "(T[6] x) => (int64[1, K] n, T[K] y) { n = NonZero(x)  t = Transpose(n)  y = GatherND(x, t) }"
    agrees(model(text, {}), {"x": np.array([0.0, 1, 0, 2, 3, 0])}, {"x": np.array([1.0, 1, 0, 2, 3, 0])})


def test_sizes_that_are_computed_from_numbers_may_change() -> None:
    text = """(T[4, 6] x, int64[2] s) => (T[P, Q] y)
        { r = Reshape(x, s)  a = Relu(r)  y = MatMul(a, a) }"""
    made = model(text.replace("MatMul(a, a)", "Neg(a)"), {})
    for shape in ([4, 6], [6, 4], [3, 8]):
        x = {"x": images(4, 6), "s": np.array(shape)}
        (y,) = made.run(x)
        np.testing.assert_array_equal(y, -np.maximum(x["x"].reshape(shape), 0))


def test_graphs_inside_operators_see_what_is_around_them() -> None:
    text = """(T[N, 2, H, W] x, bool c) => (T[N, 2, H, W] y)
        { a = Conv (x, w)
          b = If (c) < then_branch = t () => (T[N, 2, H, W] o) { o = Relu(a) },
                       else_branch = e () => (T[N, 2, H, W] p) { p = Neg(a) } >
          y = Conv (b, w) }"""
    made = model(text, {"w": (2, 2, 1, 1)})
    agrees(made, *({"x": images(1, 2, 3, 3), "c": np.array(c)} for c in (True, False)))


def test_items_of_a_sequence_are_not_written_over() -> None:
    text = """(T[4] x) => (T[4] y)
        { a = Relu(x)  s = SequenceConstruct(a)  b = Exp(x)  t = ConcatFromSequence <axis = 0> (s)
          c = Add(t, b)  y = Sub(c, x) }"""
    agrees(model(text, {}), *({"x": images(4, seed=seed)} for seed in range(2)))


@pytest.mark.parametrize("kind", ["double", "float16"])
def test_a_sequence_given_out_is_the_caller_s_own(kind: str) -> None:
    graph = f"g ({kind}[3] x) => (seq({kind}[3]) s) {{ a = Relu(x)  b = Exp(a)  s = SequenceConstruct(a, b) }}"
    made = NumpyModel(checked(parser.parse_model(f'<ir_version: 8, opset_import: ["" : 13]> {graph}')))
    dtype = {"double": np.float64, "float16": np.float16}[kind]
    given_out: list[Any] = []
    for x in (np.array([1, 2, 3], dtype), np.array([4, 5, 6], dtype), np.array([7, 8, 9], dtype)):
        (s,) = made.run({"x": x})
        given_out.append((x, s, [item.copy() for item in s]))
    for x, s, then in given_out:
        np.testing.assert_array_equal(s[0], x)
        assert {item.dtype for item in s} == {np.dtype(dtype)}
        np.testing.assert_array_equal(s, then)
        s.clear()
    assert len(made.run({"x": np.ones(3, dtype)})[0]) == 2


@pytest.mark.parametrize("kind", ["double", "float16"])
def test_what_a_graph_inside_gives_as_it_is_is_not_written_over(kind: str) -> None:
    """Laid out with a branch, or turns, that make something new; then run with those that do not."""
    graphs = [
        f"""i = If (c) < then_branch = t () => ({kind}[4] p) {{ p = Neg(a) }},
                       else_branch = e () => ({kind}[4] q) {{ q = Identity(a) }} >""",
        f"""n = Cast <to = 7> (c)  i = Loop (n, , a) < body = l (int64 k, bool on, {kind}[4] u) => (bool o, {kind}[4] p)
                {{ o = Identity(on)  p = Neg(u) }} >""",
    ]
    x = np.array([1, 2, 3, 4], {"double": np.float64, "float16": np.float16}[kind])
    for inner in graphs:
        text = f"{{ a = Exp(x)  {inner}  b = Relu(x)  d = Mul(b, b)  y = Sub(i, d) }}"
        head = f'<ir_version: 8, opset_import: ["" : 13]> g ({kind}[4] x, bool c) => ({kind}[4] y)'
        made = NumpyModel(checked(parser.parse_model(head + text)))
        for c in (True, False, True, False):
            (y,) = made.run({"x": x, "c": np.array(c)})
            expected = (-1 if c else 1) * np.exp(x.astype(np.float64)) - x.astype(np.float64) ** 2
            atol = 2**-4 if kind == "float16" else 1e-12  # two roundings of numbers from 32 to 128
            np.testing.assert_allclose(y, expected, rtol=0, atol=atol)


def test_what_is_the_same_in_every_run_cannot_be_changed_from_outside() -> None:
    text = """(T[N] x) => (int64[1] n, T[3] w, T[3] v, seq(T[3]) s, T[N] y)
        { n = Shape(x)  v = Neg(w)  s = SequenceConstruct(w, v)  y = Relu(x) }"""
    made = model(text, {"w": (3,)})
    before: Any = made.run({"x": images(4)})
    for run in (made.run, lambda given: made.plan.run(numpy_compute, given)):
        n, w, v, s, _ = run({"x": images(4)})
        for constant in ([n] if run == made.run else []) + [w, v, *s]:
            with pytest.raises(ValueError, match="read-only"):
                constant[:] = 0
    made.run({"x": images(4)})[3].clear()
    for own, expected in zip(made.run({"x": images(4)}), before, strict=True):
        np.testing.assert_array_equal(own, expected)


def test_what_goes_wrong_names_its_node_at_any_run() -> None:
    made = model("(T[2] x, int64[1] i) => (T[1] y) { a = Relu(x) y = Gather(a, i) }", {})
    made.run({"x": images(2), "i": np.array([1])})
    with pytest.raises(DataError, match="out of bounds") as raised:
        made.run({"x": images(2), "i": np.array([5])})
    assert "Gather" in str(raised.value)
    made.run({"x": images(2), "i": np.array([0])})


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_same_bits_on_any_number_of_threads(threads: int) -> None:
    text = """(T[N, 16, H, W] x) => (T[N, 16, H, W] y)
        { a = Conv <pads = [1, 1, 1, 1]> (x, w)  b = Relu(a)  c = Conv <group = 16, pads = [2, 2, 2, 2]> (b, v)
          d = MaxPool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (c)  e = Sigmoid(d)  y = Conv (e, u) }"""
    shapes = {"w": (16, 16, 3, 3), "v": (16, 1, 5, 5), "u": (16, 16, 1, 1)}
    x = {"x": images(1, 16, 96, 96, dtype=np.float32)}
    ys = []
    for count in (1, threads):
        with at_most_threads(count):
            made = model(text, shapes, np.float32)
            ys += [made.run(x)[0], made.run(x)[0]]
    for y in ys[1:]:
        np.testing.assert_array_equal(y, ys[0])


def test_half_precision_is_held_wide_in_programs_too() -> None:
    text = """<ir_version: 8, opset_import: ["" : 13]>
        g (float16[N, 4, H, W] x) => (float16[N, 3, H, W] y, float16[N, 4, H, W] u)
        { u = Relu(x)  a = Conv (x, w)  c = Concat <axis = 1> (a, x)  m = MaxPool <kernel_shape = [1, 1]> (c)
          n = Add(m, m)  y = Conv (n, v) }"""
    proto = parser.parse_model(text)
    rng = np.random.default_rng(3)
    for key, shape in {"w": (4, 4, 1, 1), "v": (3, 8, 1, 1)}.items():
        value = rng.uniform(-1, 1, shape).astype(np.float16)
        proto.graph.initializer.add(name=key, dims=shape, data_type=10, raw_data=value.tobytes())
    made = NumpyModel(checked(proto))
    for seed in range(2):
        x = images(2, 4, 5, 6, seed=seed, dtype=np.float16)
        for _ in range(2):
            y, u = made.run({"x": x})
            assert y.dtype == u.dtype == np.float16
            assert y.flags.c_contiguous
            np.testing.assert_array_equal(u, np.maximum(x, 0))
            wide = [np.asarray(made.plan.constants[name], np.float32)[:, :, 0, 0] for name in "wv"]
            both = np.concatenate([np.einsum("mc,nchw->nmhw", wide[0], x, dtype=np.float32), x], axis=1)
            expected = np.einsum("mc,nchw->nmhw", wide[1], 2 * both.astype(np.float32))
            np.testing.assert_allclose(y, expected, rtol=1e-3, atol=1e-3)  # half of 2^-10, and sums of eight
