"""Which weights and values become codes, from which ranges, and what the file then computes."""

import numpy as np
import onnx.helper as oh
import pytest
from onnx import ModelProto, TensorProto, numpy_helper

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.onnx.backends.engines import ENGINES, OFFERED
from nnlab.onnx.file.read import model_of
from nnlab.onnx.file.surgery import fold_batch_norms
from nnlab.onnx.write.quantized.coding import Codes, coded
from nnlab.onnx.write.quantized.damage import Noise, of_values, of_weights, worst_first
from nnlab.onnx.write.quantized.dynamic import dynamic
from nnlab.onnx.write.quantized.places import refuse_quantised, values, weights
from nnlab.onnx.write.quantized.ranges import (
    Watch,
    by_entropy,
    by_percentile,
    divergence,
    magnitudes,
    observed,
)
from tests.onnx.write.quantized.graphs import model, network, pictures


def run(proto: ModelProto, x: Array, engine: str = "numpy") -> Array:
    return np.asarray(ENGINES[engine].load(model_of(proto.SerializeToString())).run({"x": x})[0])


def folded(opset: int = 17) -> ModelProto:
    proto = network(opset)
    assert fold_batch_norms(proto) == 1
    return proto


def stored(proto: ModelProto) -> dict[str, Array]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in proto.graph.initializer}


def test_what_is_rounded_is_what_engines_do_not_compute_in_one_go() -> None:
    """The input and the rectifier's output; not what conv and norm give, nor what is another's value, nor the end."""
    assert [(weight.name, weight.axis) for weight in weights(network().graph)] == [("w", 0), ("v", 0)]
    assert values(network()) == ("x", "relu")
    assert values(folded()) == ("x", "relu")


def test_a_value_that_two_read_is_rounded_and_a_scaling_is_not_told_apart() -> None:
    w = np.ones((1, 1, 1, 1), np.float32)
    nodes = [
        oh.make_node("Mul", ["x", "half"], ["scaled"]),
        oh.make_node("Conv", ["scaled", "w"], ["a"]),
        oh.make_node("Relu", ["a"], ["r"]),
        oh.make_node("Conv", ["r", "u"], ["b"]),
        oh.make_node("Add", ["a", "b"], ["sum"]),
        oh.make_node("Conv", ["sum", "w"], ["y"]),
    ]
    proto = model(nodes, {"w": w, "u": w + 1, "half": np.float32(0.5)}, gives=("n", 1, 2, 2))
    # x is only scaled; `a` is read by Relu and Add; `w` is read twice and coded once
    assert values(proto) == ("scaled", "a", "r", "b", "sum")
    assert [weight.name for weight in weights(proto.graph)] == ["w", "u"]


def test_the_codes_of_minus_1_to_3_are_those_that_were_worked_out() -> None:
    """scale 4/255, zero 64; codes of -1, -0.5, 0, 1, 3, 5: 0, 32, 64, 128, 255, 255; 0 comes back exactly."""
    nodes = [oh.make_node("MatMul", ["x", "w"], ["y"])]
    proto = model(nodes, {"w": np.eye(6, dtype=np.float32)}, given=("n", 6), gives=("n", 6))
    made = coded(proto, {"x": (-1, 3)}, Codes())
    assert stored(made)["x_int8/scale"] == pytest.approx(0.01568627450980392, rel=1e-7)
    assert stored(made)["x_int8/zero_point"] == 64 and stored(made)["x_int8/zero_point"].dtype == np.uint8
    shown = ModelProto()
    shown.CopyFrom(made)
    shown.graph.output.append(oh.make_tensor_value_info("x_int8/codes", oh.TensorProto.UINT8, ["n", 6]))
    x = np.array([[-1, -0.5, 0, 1, 3, 5]], np.float32)
    loaded = ENGINES["numpy"].load(model_of(shown.SerializeToString()))
    y, codes = map(np.asarray, loaded.run({"x": x}))
    assert codes.tolist() == [[0, 32, 64, 128, 255, 255]]
    assert y[0, 2] == 0 and np.abs(y[0, :5] - x[0, :5]).max() <= 0.01568627450980392 / 2 + 1e-7
    signed = coded(proto, {"x": (-1, 3)}, Codes(values="int8", weights="uint8"))
    assert stored(signed)["x_int8/zero_point"] == -64 and stored(signed)["w/zero_point"].tolist() == [128] * 6
    assert np.array_equal(run(signed, x), y)  # other types, the same numbers


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("engine", OFFERED)
def test_every_engine_computes_the_file_and_stays_near_the_float_one(
    per_channel: bool, engine: str, request: pytest.FixtureRequest
) -> None:
    if engine == "torch":
        request.getfixturevalue("torch_installed")
    if engine == "onnxruntime":
        pytest.importorskip("onnxruntime")
    plain, x = folded(), pictures()
    watch = Watch.of(plain, values(plain), engine="numpy", threads=1)
    seen = observed(lambda: iter([x[:4], x[4:]]), values(plain), "minmax", watch)
    assert seen.pictures == 8 and seen.ranges["x"] == (x.min(), x.max()) and seen.ranges["relu"][0] == 0
    made = coded(plain, seen.ranges, Codes(per_channel=per_channel))
    # probabilities of a network of two small layers; a step of codes is 1/255 of a range
    assert np.abs(run(made, x, engine) - run(plain, x)).max() < 0.05
    assert stored(made)["w/scale"].shape == ((3,) if per_channel else ())
    assert stored(made)["w/codes"].dtype == np.int8 and np.abs(stored(made)["w/codes"].astype(int)).max() == 127


@pytest.mark.parametrize("engine", OFFERED)
def test_ranges_of_each_call_need_no_calibration(engine: str, request: pytest.FixtureRequest) -> None:
    if engine == "torch":
        request.getfixturevalue("torch_installed")
    if engine == "onnxruntime":
        pytest.importorskip("onnxruntime")
    plain, x = folded(), pictures()
    made = dynamic(plain)
    kinds = [node.op_type for node in made.graph.node]
    assert kinds.count("ConvInteger") == kinds.count("MatMulInteger") == 1 and "Gemm" not in kinds
    assert not {"w", "v"} & stored(made).keys()
    assert np.abs(run(made, x, engine) - run(plain, x)).max() < 0.05


def test_without_calibration_what_a_graph_inside_a_node_reads_is_kept() -> None:
    y = oh.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    branch = oh.make_graph([oh.make_node("Mul", ["dense", "factor"], ["inner"])], "branch", [], [y])
    nodes = [
        oh.make_node("Flatten", ["x"], ["rows"]),
        oh.make_node("MatMul", ["rows", "w"], ["dense"]),
        oh.make_node("If", ["truth"], ["y"], then_branch=branch, else_branch=branch),
    ]
    stored_there = {"w": np.eye(4, 2, dtype=np.float32), "factor": np.float32(2), "truth": np.array(True)}
    plain, x = model(nodes, stored_there), np.ones((1, 1, 2, 2), np.float32)  # type: ignore[arg-type]
    assert np.array_equal(run(dynamic(plain), x), run(plain, x))


def test_an_older_file_is_brought_to_the_version_that_codes_need() -> None:
    old = folded(opset=11)
    made = coded(old, {"x": (-4, 4), "relu": (0, 8)}, Codes())
    assert made.opset_import[0].version == 13 and old.opset_import[0].version == 11
    assert np.abs(run(made, pictures()) - run(old, pictures())).max() < 0.1


def test_what_is_quantised_already_or_has_no_weights_is_refused() -> None:
    made = coded(folded(), {"x": (-3, 3)}, Codes())
    with pytest.raises(UsageError, match=r"f.onnx: is quantised already \(node 'w/values' is a DequantizeLinear\)"):
        refuse_quantised(made, "f.onnx")
    with pytest.raises(UsageError, match="no convolution or product of matrices"):
        weights(model([oh.make_node("Relu", ["x"], ["y"])], {}).graph)


def test_percentile_leaves_out_the_few_that_are_far_away() -> None:
    counts = np.zeros(2048, np.int64)
    counts[:1024] = 100
    counts[2047] = 10  # a ten-thousandth of 102,410 is 10.2: they are beyond
    assert by_percentile(counts) == 1024 / 2048
    assert by_percentile(counts, 1.0) == 1.0
    assert by_percentile(np.zeros(2048, np.int64)) == 1.0


def test_entropy_by_hand() -> None:
    """Four bins, two levels. Cut at 4: (1, 3) and (2, 2) are told as 2, 2, 2, 2 of eighths against 1, 3, 2, 2."""
    counts = np.array([1, 3, 2, 2])
    by_hand = (1 * np.log(1 / 2) + 3 * np.log(3 / 2)) / 8
    assert divergence(counts, 4, 2) == pytest.approx(by_hand, rel=1e-12)
    # cut at 2: P = (1, 3 + 4) / 8, Q = (1, 3) / 4: each bin is a level of its own
    assert divergence(counts, 2, 2) == pytest.approx(1 / 8 * np.log(0.5) + 7 / 8 * np.log(7 / 6), rel=1e-12)
    assert divergence(np.array([1, 0, 5, 5]), 2, 2) == np.inf  # what is cut off falls where nothing was


def test_entropy_cuts_off_a_tail_and_keeps_what_is_even() -> None:
    even = np.full(2048, 50)
    assert by_entropy(even) == 1.0
    bell = np.rint(1e5 * np.exp(-np.square(np.arange(2048) / 40) / 2)).astype(np.int64)
    bell[2047] = 3  # one of a million or so is far away, for which all others would be told apart at 16 bins each
    assert 3 * 40 / 2048 < by_entropy(bell) < 6 * 40 / 2048


def test_magnitudes_leave_out_0() -> None:
    found = magnitudes(np.array([0, 0, -2, 1, 2], np.float32), 2.0)
    assert found.sum() == 3 and found[-1] == 2 and found[1024] == 1


def test_damage_in_decibels_by_hand() -> None:
    noise = Noise()
    noise.add(np.array([3.0, 4.0]), np.array([3.0, 3.5]))  # 25 / 0.25: 20 dB
    assert noise.db == pytest.approx(20)
    assert Noise().db is None


def test_every_weight_and_value_has_its_damage_the_worst_first() -> None:
    plain, x = folded(), pictures()
    ranges = {"x": (float(x.min()), float(x.max())), "relu": (0.0, 0.05)}  # far too small
    made = coded(plain, ranges, Codes())
    watches = [
        Watch.of(proto, names, engine="numpy", threads=1)
        for proto, names in ((plain, ["x", "relu"]), (made, ["x_int8", "relu_int8"]))
    ]
    found = worst_first([*of_weights(plain, Codes()), *of_values(ranges, [x], *watches)])
    assert found[0].name == "relu" and {each.name for each in found} == {"w", "v", "x", "relu"}
    assert found[0].db is not None and found[0].db < 5 < min(each.db or 99 for each in found[1:])
    # a weight's step is 1/127 of its largest: 20 log10(127 sqrt(12)) = 52.9 dB of what is as large as that everywhere
    assert all(30 < (each.db or 0) < 60 for each in found if each.kind == "weight")
