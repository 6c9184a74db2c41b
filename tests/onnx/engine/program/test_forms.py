"""Each form gives what its operator gives, over sizes, strides, padding and layouts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from nnlab.core.types import Array
from nnlab.kernels.meetings import mostly_padding
from nnlab.kernels.window import Window
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.program.forms.resizing import _runs
from nnlab.onnx.file.read import checked

CLOSE = {"rtol": 1e-11, "atol": 1e-11}
"""float64: sums of some thousand products of about 1, in another order."""


def node_model(kind: str, x: Array, constants: dict[str, Array], **attributes: Any) -> NumpyModel:
    """One node; x first, the constants after it in their order."""
    node = helper.make_node(kind, ["x", *constants], ["y"], **attributes)
    value = helper.make_tensor_value_info
    kind_of = helper.np_dtype_to_tensor_dtype
    stored = [helper.make_tensor(k, kind_of(v.dtype), v.shape, v.tobytes(), raw=True) for k, v in constants.items()]
    graph = helper.make_graph(
        [node], "g", [value("x", kind_of(x.dtype), [None] * x.ndim)], [value("y", kind_of(x.dtype), None)], stored
    )
    return NumpyModel(checked(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])))


def agrees(kind: str, x: Array, constants: dict[str, Array], *, by_form: bool | None = True, **attributes: Any) -> None:
    """Both layouts of x, twice, against the operator; it is the form that is asked, and not the operator."""
    made = node_model(kind, x, constants, **attributes)
    (wanted,) = made.plan.run(numpy_compute, {**made.plan.constants, "x": x})
    for own in [x, np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)] if x.ndim == 4 else [x]:
        for _ in range(2):
            (y,) = made.run({"x": own})
            assert (y.shape, y.dtype) == (wanted.shape, wanted.dtype)
            np.testing.assert_allclose(y, wanted, **CLOSE)
    (program,) = made.programs.kept.values()
    assert by_form is None or program.runs_operators is not by_form


def numbers(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


SIZES = st.integers(1, 3)


def has_form(kernel: tuple[int, ...], size: list[int], options: dict[str, Any]) -> bool:
    """Whether the kernel does not meet mostly padding; where it does, the operator itself is quickest."""
    pads = options["pads"]
    window = Window(kernel, options["strides"], options["dilations"], ((pads[0], pads[2]), (pads[1], pads[3])))
    return not mostly_padding(window, tuple(size), window.out_size(size))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_convolutions(data: st.DataObject) -> None:
    kernel, strides, dilations = (data.draw(st.tuples(SIZES, SIZES)) for _ in range(3))
    pads = data.draw(st.tuples(*[st.integers(0, 1)] * 4))
    channels, maps, batch = data.draw(st.sampled_from([1, 2, 5, 17])), data.draw(st.integers(1, 4)), data.draw(SIZES)
    size = [data.draw(st.integers(d * (k - 1) + 1, 12)) for k, d in zip(kernel, dilations, strict=True)]
    constants = {"w": numbers(maps, channels, *kernel), "b": numbers(maps, seed=1)}
    if data.draw(st.booleans()):
        del constants["b"]
    options = {"strides": strides, "dilations": dilations, "pads": pads}
    agrees(
        "Conv", numbers(batch, channels, *size, seed=2), constants, by_form=has_form(kernel, size, options), **options
    )


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_depthwise_convolutions(data: st.DataObject) -> None:
    kernel, strides, dilations = (data.draw(st.tuples(SIZES, SIZES)) for _ in range(3))
    pads = data.draw(st.tuples(*[st.integers(0, 1)] * 4))
    channels, batch = data.draw(st.sampled_from([2, 9, 500])), data.draw(SIZES)
    size = [data.draw(st.integers(d * (k - 1) + 1, 9)) for k, d in zip(kernel, dilations, strict=True)]
    constants = {"w": numbers(channels, 1, *kernel), "b": numbers(channels, seed=1)}
    options = {"strides": strides, "dilations": dilations, "pads": pads, "group": channels}
    agrees(
        "Conv", numbers(batch, channels, *size, seed=2), constants, by_form=has_form(kernel, size, options), **options
    )


@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize("groups", [2, 3])
def test_convolutions_in_groups(kernel: int, groups: int) -> None:
    constants = {"w": numbers(2 * groups, 4, kernel, kernel), "b": numbers(2 * groups, seed=1)}
    x = numbers(2, 4 * groups, 9, 7, seed=2)
    agrees("Conv", x, constants, group=groups, strides=(1, 1), pads=[kernel // 2] * 4)
    agrees("Conv", x, constants, group=groups, strides=(2, 2), pads=[kernel // 2] * 4)


@pytest.mark.parametrize("channels", [1, 3, 700])
def test_batch_normalization(channels: int) -> None:
    constants = {name: numbers(channels, seed=seed) for seed, name in enumerate("stmv")}
    constants["v"] += 2
    x = numbers(2, channels, 9, 7)
    last = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    agrees("BatchNormalization", last, constants, by_form=None)


@pytest.mark.parametrize("kind", ["Add", "Mul", "Sub", "Sum"])
@pytest.mark.parametrize("shape", [(1, 5, 1, 1), (5, 1, 1), (2, 5, 1, 1)])
def test_a_number_for_each_channel(kind: str, shape: tuple[int, ...]) -> None:
    agrees(kind, numbers(2, 5, 9, 80), {"a": numbers(*shape, seed=1)})


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_pooling(data: st.DataObject) -> None:
    kernel, strides = (data.draw(st.tuples(SIZES, SIZES)) for _ in range(2))
    pads = data.draw(st.tuples(*[st.integers(0, kernel[i % 2] // 2) for i in range(4)]))
    size = [data.draw(st.integers(k, 9)) for k in kernel]
    options: dict[str, Any] = {"strides": strides, "pads": pads, "kernel_shape": kernel}
    options["ceil_mode"] = data.draw(st.integers(0, 1))
    kind = data.draw(st.sampled_from(["MaxPool", "AveragePool"]))
    if kind == "AveragePool":
        options["count_include_pad"] = data.draw(st.integers(0, 1))
    else:
        options["dilations"] = data.draw(st.sampled_from([(1, 1), *([(2, 1)] if size[0] > 2 * kernel[0] else [])]))
    agrees(kind, numbers(data.draw(SIZES), data.draw(st.sampled_from([1, 3])), *size), {}, **options)


@pytest.mark.parametrize("kind", ["GlobalAveragePool", "GlobalMaxPool"])
@pytest.mark.parametrize("shape", [(2, 3, 5, 4), (1, 1, 1, 1), (3, 2, 1, 7)])
def test_pooling_of_all_places(kind: str, shape: tuple[int, ...]) -> None:
    agrees(kind, numbers(*shape), {})


@pytest.mark.parametrize("shape", [(2, 3, 5, 4), (2, 3), (70000,), (1, 20, 60, 60), ()])
@pytest.mark.parametrize("kind", ["Relu", "Sigmoid", "HardSwish", "Exp"])
def test_functions(kind: str, shape: tuple[int, ...]) -> None:
    agrees(kind, numbers(*shape), {})


@pytest.mark.parametrize("shape", [(2, 3, 5, 4), (1, 3, 1, 1), (3, 1, 1), (1,), (), (4,), (2, 2, 3, 5, 4)])
@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul", "Div"])
def test_functions_of_two(kind: str, shape: tuple[int, ...]) -> None:
    agrees(kind, numbers(2, 3, 5, 4), {"a": numbers(*shape, seed=1)})


@pytest.mark.parametrize("bounds", [{"lo": -0.5}, {"lo": -0.5, "hi": 0.25}, {}])
def test_bounds(bounds: dict[str, float]) -> None:
    agrees("Clip", numbers(2, 3, 5, 4), {name: np.array(value) for name, value in bounds.items()})


@pytest.mark.parametrize("trans", [0, 1])
@pytest.mark.parametrize("c", [(7,), (1, 7), (7, 7), (7, 1), (1,), (), None])
def test_gemm(trans: int, c: tuple[int, ...] | None) -> None:
    constants = {"b": numbers(*((7, 6) if trans else (6, 7)))} | ({} if c is None else {"c": numbers(*c, seed=1)})
    agrees("Gemm", numbers(7, 6, seed=2), constants, transB=trans)


@pytest.mark.parametrize("shapes", [((5, 6), (6, 7)), ((2, 5, 6), (6, 7)), ((2, 1, 5, 6), (3, 6, 1))])
def test_mat_mul(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    agrees("MatMul", numbers(*shapes[0]), {"b": numbers(*shapes[1], seed=1)})


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_concat(axis: int) -> None:
    shape = [2, 3, 5, 4]
    shape[axis] = 2
    agrees("Concat", numbers(2, 3, 5, 4), {"b": numbers(*shape, seed=1)}, axis=axis)


@pytest.mark.parametrize("shape", [(2, -1), (0, 0, -1), (2, 1, 3, 20), (6, 5, 2, 2), (-1,)])
def test_reshape(shape: tuple[int, ...]) -> None:
    agrees("Reshape", numbers(2, 3, 5, 4), {"s": np.array(shape)})


@pytest.mark.parametrize("axis", [0, 2, -1])
def test_one_place_of_an_axis(axis: int) -> None:
    agrees("Gather", numbers(2, 3, 5, 4), {"i": np.array(1)}, axis=axis)
    agrees("Gather", numbers(2, 3, 5, 4), {"i": np.array(-1)}, axis=axis)
    agrees("Gather", numbers(2, 3, 5, 4), {"i": np.array([1, 0])}, axis=axis, by_form=False)


@pytest.mark.parametrize("pads", [(0, 0, 1, 2, 0, 0, 0, 1), (0,) * 8, (0, 1, 0, -1, 1, 0, -2, 0)])
def test_padding(pads: tuple[int, ...]) -> None:
    agrees("Pad", numbers(2, 3, 5, 4), {"p": np.array(pads), "v": np.array(0.5)})
    agrees("Pad", numbers(2, 3, 5, 4), {"p": np.array(pads)}, mode="edge", by_form=not any(pads))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_resizing(data: st.DataObject) -> None:
    options = {
        "mode": data.draw(st.sampled_from(["nearest", "linear", "cubic"])),
        "coordinate_transformation_mode": data.draw(
            st.sampled_from(["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"])
        ),
    }
    scales = [1, 1, *(data.draw(st.sampled_from([0.5, 1, 1.5, 2, 3, 4])) for _ in range(2))]
    x = numbers(2, data.draw(st.sampled_from([1, 3])), data.draw(st.integers(2, 6)), data.draw(st.integers(2, 6)))
    agrees("Resize", x, {"roi": np.zeros(0), "scales": np.array(scales, np.float32)}, **options)


def test_enlarging_twofold_is_a_few_sums() -> None:
    places, weights = np.array([[0, 0], [0, 1], [0, 1], [1, 2], [1, 2], [2, 2]]), np.array([[0.25, 0.75]] * 6)
    weights[1::2] = weights[1::2, ::-1]
    places[:, 1] = [0, 1, 1, 2, 2, 2]
    runs = _runs(places, weights)
    assert runs is not None
    assert [run.out for run in runs] == [slice(0, 1, 2), slice(2, 5, 2), slice(1, 4, 2), slice(5, 6, 2)]
    assert runs[1].sums == ((0.25, slice(0, 2, 1)), (0.75, slice(1, 3, 1)))


def test_places_without_order_are_taken_one_by_one() -> None:
    rng = np.random.default_rng(0)
    assert _runs(rng.integers(0, 50, (60, 2)), rng.uniform(size=(60, 2))) is None
