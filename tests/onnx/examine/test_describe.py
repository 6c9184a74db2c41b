"""What is in a model: counted by hand here."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from nnlab.core.errors import UsageError
from nnlab.onnx.examine.describe import describe
from nnlab.onnx.file.read import checked


def model(*, unknown: bool = False) -> onnx.ModelProto:
    """A convolution of 8 kernels 3x3 over (N, 4, 10, 10) in two groups, its mean, and a product to 5 numbers."""
    stored = [
        onnx.numpy_helper.from_array(np.ones((8, 2, 3, 3), np.float32), "W"),
        onnx.numpy_helper.from_array(np.ones((8, 5), np.float32), "V"),
    ]
    nodes = [
        helper.make_node("Conv", ["x", "W"], ["a"], name="conv", group=2),
        helper.make_node("GlobalAveragePool", ["a"], ["b"], name="pool"),
        helper.make_node("Flatten", ["b"], ["c"], name="flat"),
        helper.make_node("Gemm", ["c", "V"], ["d"], name="gemm"),
        helper.make_node("Nonsense" if unknown else "Relu", ["d"], ["y"], name="last", domain="own" if unknown else ""),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4, 10, 10])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 5])],
        stored,
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("own", 1)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="test")
    helper.set_model_props(made, {"classes": '["a", "b"]'})
    return made


def test_figures_are_those_counted_by_hand() -> None:
    said = describe(checked(model()))
    assert said.parameters == 8 * 2 * 9 + 40
    assert said.stored_bytes == 4 * said.parameters
    assert said.multiply_adds == 8 * 8 * 8 * (2 * 9) + 8 * 5
    assert said.metadata == {"classes": '["a", "b"]'}
    assert said.inputs == [{"name": "x", "dtype": "float32", "shape": ["N", 4, 10, 10]}]
    assert [(row.operator, row.version, row.count, row.numpy) for row in said.operators if row.operator == "Conv"] == [
        ("Conv", 11, 1, "yes")
    ]
    assert said.engines["numpy"] == "ok"
    assert said.nodes[0].shapes == ((1, 8, 8, 8),)
    json.dumps(said.document(), allow_nan=False)


def test_a_size_counts_and_one_that_cannot_be_is_refused() -> None:
    view = checked(model())
    assert describe(view, sizes={"x": (3, 4, 10, 10)}).multiply_adds == 3 * describe(view).multiply_adds  # type: ignore[operator]
    with pytest.raises(UsageError, match="cannot be"):
        describe(view, sizes={"x": (3, 5, 10, 10)})
    with pytest.raises(UsageError, match="no input 'X'"):
        describe(view, sizes={"X": (3, 4, 10, 10)})


def test_an_operator_that_nobody_computes_is_said() -> None:
    said = describe(checked(model(unknown=True)))
    row = next(row for row in said.operators if row.operator == "Nonsense")
    assert (row.domain, row.numpy) == ("own", "no")
    assert "own.Nonsense" in said.engines["numpy"]


@pytest.mark.parametrize("operator", ["Conv", "ConvTranspose", "MatMul", "Gemm", "QLinearConv", "DeformConv"])
@pytest.mark.parametrize("inputs", [[], ["x"], [""], ["", "x"]], ids=str)
def test_a_node_that_lacks_inputs_is_described(operator: str, inputs: list[str]) -> None:
    node = helper.make_node(operator, inputs, ["y"], "odd")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, 4, 4]) for name in "xy")
    graph = helper.make_graph([node], "g", [x], [y])
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    said = describe(checked(proto))
    assert [row.operator for row in said.nodes] == [operator] and said.engines["numpy"] != "ok"
