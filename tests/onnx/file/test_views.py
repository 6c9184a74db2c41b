"""What a protobuf says, as Python values."""

import numpy as np
import pytest
from onnx import AttributeProto, ModelProto, SparseTensorProto, TensorProto, helper, numpy_helper, parser

from nnlab.core.errors import DataError
from nnlab.onnx.file.views import GraphView, ModelView, NodeView, ValueView


def model(text: str) -> ModelView:
    """A model in ONNX's own text form."""
    proto: ModelProto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : 21, "ai.onnx.ml" : 3]> {text}')
    return ModelView(proto)


MODEL = model(
    """g (float[N, 3, 4] x, int64 n, float[2] w) => (float[N, 3, 4] y, seq(float) s) <float[2] w = {1, 2}> {
        y = Relu(x)
        t = If (c) <then_branch = a () => (float v) { v = Abs(z) }, else_branch = b () => (float u) { u = Exp(z) }>
    }"""
)


def test_inputs_are_what_has_to_be_given() -> None:
    assert MODEL.graph.inputs == (
        ValueView("x", np.dtype(np.float32), ("N", 3, 4)),
        ValueView("n", np.dtype(np.int64), ()),
    )


def test_outputs_that_are_no_tensors_have_no_dtype() -> None:
    assert MODEL.graph.outputs[1] == ValueView("s", None, None)


def test_sizes_that_are_not_said() -> None:
    said = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])
    assert ValueView.of(said).shape == (None, 2)
    assert ValueView.of(helper.make_tensor_value_info("x", TensorProto.FLOAT, None)).shape is None


def test_initializers_by_name() -> None:
    assert list(MODEL.graph.initializers) == ["w"]
    np.testing.assert_array_equal(MODEL.graph.initializers["w"], np.array([1, 2], np.float32))


def test_versions_by_domain() -> None:
    assert MODEL.opsets == {"": 21, "ai.onnx.ml": 3}


def test_ai_onnx_is_the_default_domain() -> None:
    assert NodeView(helper.make_node("Relu", ["x"], ["y"], domain="ai.onnx")).domain == ""


def test_every_node_is_walked_those_inside_nodes_as_well() -> None:
    assert [node.operator for node in MODEL.walk()] == ["Relu", "If", "Abs", "Exp"]


def test_a_node_without_a_name_has_that_of_its_first_output() -> None:
    assert NodeView(helper.make_node("Split", ["x"], ["", "b"])).name == "b"
    assert NodeView(helper.make_node("Split", ["x"], ["a"], name="cut")).name == "cut"


def test_attributes_of_every_kind() -> None:
    inner = helper.make_graph([], "inner", [], [])
    stored = numpy_helper.from_array(np.array([1, 2], np.int8))
    more = {"i": 3, "f": 0.5, "s": "text", "ii": [1, 2], "ff": [0.5, 1.0], "ss": ["a", "é"]}
    node = NodeView(helper.make_node("Any", [], ["y"], t=stored, g=inner, gg=[inner, inner], **more))
    got = dict(node.attributes)
    np.testing.assert_array_equal(got.pop("t"), np.array([1, 2], np.int8))
    assert isinstance(got.pop("g"), GraphView)
    assert [view.name for view in got.pop("gg")] == ["inner", "inner"]
    assert got == more


def test_an_attribute_of_no_known_type_is_said() -> None:
    node = helper.make_node("Relu", ["x"], ["y"])
    node.attribute.append(AttributeProto(name="odd"))
    with pytest.raises(DataError, match="attribute odd has a type that is not known"):
        _ = NodeView(node).attributes


def sparse(indices: list[int], dims: list[int]) -> SparseTensorProto:
    values = numpy_helper.from_array(np.array([5, 7], np.float32), "w")
    return helper.make_sparse_tensor(values, numpy_helper.from_array(np.array(indices, np.int64)), dims)


@pytest.mark.parametrize("indices", [[1, 5], [[0, 1], [1, 2]]], ids=["flat", "full"])
def test_sparse_initializers_are_full_arrays(indices: list[int]) -> None:
    graph = helper.make_graph([], "g", [], [], sparse_initializer=[sparse(indices, [2, 3])])
    got = GraphView(graph).initializers["w"]
    assert (got.shape, got.dtype) == ((2, 3), np.float32)
    np.testing.assert_array_equal(got, np.array([[0, 5, 0], [0, 0, 7]], np.float32))


@pytest.mark.parametrize("indices", [[1, 6], [-1, 2], [[0, 1], [2, 0]]], ids=["beyond", "before", "beyond a row"])
def test_sparse_values_outside_the_shape_are_refused(indices: list[int]) -> None:
    graph = helper.make_graph([], "g", [], [], sparse_initializer=[sparse(indices, [2, 3])])
    with pytest.raises(DataError) as raised:
        _ = GraphView(graph).initializers
    assert raised.value.where == "tensor w"
