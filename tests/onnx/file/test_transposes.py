"""Transposes that undo each other go, and what is computed stays to the bit."""

import numpy as np
import onnx.helper as oh
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

from nnlab.core.types import Array
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.file.read import model_of
from nnlab.onnx.file.transposes import cancel_transposes

FIRST, LAST = [0, 3, 1, 2], [0, 2, 3, 1]


def turn(x: str, y: str, order: list[int]) -> NodeProto:
    return oh.make_node("Transpose", [x], [y], name=y, perm=order)


def model(nodes: list[NodeProto], **stored: Array) -> ModelProto:
    shape = ["n", 4, 5, 3]
    graph = oh.make_graph(
        nodes,
        "turned",
        [oh.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [oh.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in stored.items()],
    )
    return oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8)


def outputs(proto: ModelProto) -> Array:
    x = np.random.default_rng(0).standard_normal((2, 4, 5, 3)).astype(np.float32)
    return np.asarray(ENGINES["numpy"].load(model_of(proto.SerializeToString())).run({"x": x})[0])


def held(proto: ModelProto, left: int) -> list[str]:
    """The operators after; the same numbers as before."""
    before = outputs(proto)
    count = [node.op_type for node in proto.graph.node].count("Transpose")
    assert cancel_transposes(proto) == count - left
    assert np.array_equal(outputs(proto), before)
    return [node.op_type for node in proto.graph.node]


def test_two_that_undo_each_other_go_with_a_rectifier_between() -> None:
    nodes = [turn("x", "a", FIRST), oh.make_node("Relu", ["a"], ["b"]), turn("b", "c", LAST)]
    nodes += [oh.make_node("Neg", ["c"], ["y"])]
    assert held(model(nodes), 0) == ["Relu", "Neg"]


def test_one_that_a_graph_inside_a_node_reads_stays() -> None:
    y = oh.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    branch = oh.make_graph([oh.make_node("Neg", ["b"], ["inner"])], "branch", [], [y])
    nodes = [turn("x", "a", FIRST), turn("a", "b", LAST)]
    nodes += [oh.make_node("If", ["truth"], ["y"], then_branch=branch, else_branch=branch)]
    assert held(model(nodes, truth=np.array(True)), 2) == ["Transpose", "Transpose", "If"]


def test_a_sum_of_two_that_are_turned_alike_is_turned_once() -> None:
    pool = {"kernel_shape": [1, 1]}
    nodes = [
        turn("x", "in", FIRST),
        oh.make_node("MaxPool", ["in"], ["p"], **pool),
        turn("p", "p_last", LAST),
        oh.make_node("Relu", ["p_last"], ["r"]),
        turn("r", "r_first", FIRST),
        oh.make_node("MaxPool", ["r_first"], ["q"], **pool),
        turn("q", "q_last", LAST),
        oh.make_node("Add", ["q_last", "r"], ["sum"]),
        oh.make_node("Mul", ["sum", "two"], ["y"]),
    ]
    assert held(model(nodes, two=np.float32(2)), 2).count("MaxPool") == 2  # one in front, one behind


def test_what_sees_the_order_of_axes_keeps_it() -> None:
    nodes = [turn("x", "a", FIRST), oh.make_node("Flatten", ["a"], ["y"])]
    assert held(model(nodes), 1) == ["Transpose", "Flatten"]
    nodes = [turn("x", "a", FIRST), oh.make_node("Add", ["a", "row"], ["b"]), turn("b", "y", LAST)]
    assert held(model(nodes, row=np.arange(5, dtype=np.float32)), 2).count("Add") == 1


def test_two_turns_become_one_and_an_output_keeps_its_name() -> None:
    nodes = [turn("x", "a", FIRST), turn("a", "y", FIRST)]
    assert held(model(nodes), 1) == ["Transpose"]
    nodes = [turn("x", "a", FIRST), turn("a", "y", LAST)]
    assert held(model(nodes), 2) == ["Transpose", "Transpose"]  # who gives y is not taken away
