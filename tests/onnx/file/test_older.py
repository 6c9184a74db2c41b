"""Models of before opset 7 are brought up to it when they are read."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from nnlab.core.errors import DataError
from nnlab.onnx.file.older import brought_to
from nnlab.onnx.file.read import checked


def broadcasting(version: int, **attributes: int) -> onnx.ModelProto:
    """y = x + b, b of the second axis, said as it was before version 7."""
    x, b, y = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("x", [2, 3, 4]), ("b", [3]), ("y", [2, 3, 4]))
    )
    graph = helper.make_graph([helper.make_node("Add", ["x", "b"], ["y"], **attributes)], "old", [x, b], [y])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=4)


def test_an_attribute_that_says_the_axis_becomes_nodes() -> None:
    model = brought_to(broadcasting(6, broadcast=1, axis=1), 7)
    assert model.opset_import[0].version == 7
    x, b = np.arange(24, dtype=np.float32).reshape(2, 3, 4), np.array([100, 200, 300], np.float32)
    (y,) = ReferenceEvaluator(model).run(None, {"x": x, "b": b})
    assert (y.shape, y.dtype) == ((2, 3, 4), np.float32)
    np.testing.assert_array_equal(y, x + b[:, None])


def test_a_newer_model_is_left_as_it_is() -> None:
    model = broadcasting(13)
    assert brought_to(model, 7) is model


def test_reading_brings_it_up() -> None:
    assert checked(broadcasting(6, broadcast=1, axis=1)).opsets[""] == 7


def test_what_cannot_be_brought_up_is_said_in_one_line() -> None:
    model = broadcasting(6, broadcast=1, axis=1, nonsense=1)
    with pytest.raises(DataError, match="version 6, and cannot be brought to 7") as raised:
        checked(model, where="old.onnx")
    assert str(raised.value).startswith("old.onnx: ")
    assert "\n" not in str(raised.value)
