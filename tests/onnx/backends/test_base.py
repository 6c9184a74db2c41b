"""Both engines behind onnx's own backend interface."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, parser

from nnlab.core.errors import DataError, UsageError
from nnlab.onnx.backends import numpy as numpy_backend

MODEL = parser.parse_model(
    '<ir_version: 8, opset_import: ["" : 21]> g (float[2] a, float[2] b) => (float[2] y, float[2] z)'
    " { y = Sub(a, b)  z = Mul(a, b) }"
)
A, B = np.array([1, 2], np.float32), np.array([3, 5], np.float32)


@pytest.fixture(params=["numpy", "torch"])
def engine(request: pytest.FixtureRequest) -> Any:
    pytest.importorskip(request.param)
    return import_module(f"nnlab.onnx.backends.{request.param}")


@pytest.mark.parametrize("given", [[A, B], (A, B), {"b": B, "a": A}], ids=["list", "tuple", "names"])
def test_inputs_come_in_order_or_by_name(engine: Any, given: Any) -> None:
    y, z = engine.prepare(MODEL).run(given)
    assert (type(y), y.dtype, y.shape) == (np.ndarray, np.float32, (2,))
    np.testing.assert_array_equal(y, A - B)
    np.testing.assert_array_equal(z, A * B)


def test_run_model_is_prepare_and_run(engine: Any) -> None:
    np.testing.assert_array_equal(engine.run_model(MODEL, [A, B])[1], A * B)


def test_gradients_come_in_the_order_of_the_inputs(engine: Any) -> None:
    da, db = engine.prepare(MODEL).gradients([A, B], [np.ones(2, np.float32), np.full(2, 10, np.float32)])
    np.testing.assert_array_equal(da, 1 + 10 * B)
    np.testing.assert_array_equal(db, -1 + 10 * A)


def test_the_processor_is_a_device_and_others_are_not(engine: Any) -> None:
    assert engine.supports_device("CPU")
    assert not engine.supports_device("CUDA")


def test_an_input_that_is_missing_is_said(engine: Any) -> None:
    with pytest.raises(DataError, match="b"):
        engine.prepare(MODEL).run([A])


@pytest.mark.parametrize("device", ["CUDA", "abacus"])
def test_a_device_that_is_not_there_is_refused(device: str) -> None:
    assert not numpy_backend.supports_device(device)
    with pytest.raises(UsageError, match="no device"):
        numpy_backend.prepare(ModelProto(), device=device)


@pytest.mark.parametrize(
    ("given", "how"), [(MODEL.SerializeToString(), "onnx.load_from_string"), ("a.onnx", "onnx.load")]
)
def test_what_is_no_model_is_refused(engine: Any, given: Any, how: str) -> None:
    with pytest.raises(
        UsageError, match=rf"takes an onnx.ModelProto, got {type(given).__name__}; make one with {how}$"
    ):
        engine.prepare(given)
