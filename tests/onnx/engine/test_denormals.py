"""Many denormal weights are taken as 0, which is said once; a few stay, and so do those of float16."""

import logging

import ml_dtypes
import numpy as np
import pytest
from onnx import ModelProto, parser

from nnlab.core.types import Array
from nnlab.onnx.backends.engines import load
from nnlab.onnx.engine.denormals import MANY, flushed, flushed_array
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked


def weights(share: float) -> Array:
    """Of so many a share denormal."""
    rng = np.random.default_rng(0)
    w = rng.standard_normal((8, 3, 3, 3)).astype(np.float32)
    small = rng.random(w.shape) < share
    w[small] = np.float32(1e-40) * rng.integers(1, 100, int(small.sum())).astype(np.float32)
    return w


def model(w: Array, *, as_node: bool = False) -> ModelProto:
    """A convolution whose weights are stored, or a Constant's."""
    text = """<ir_version: 8, opset_import: ["" : 17]> g (float[N, 3, 6, 6] x) => (float[N, 8, 4, 4] y)
        { NODE y = Conv (x, w) }"""
    proto: ModelProto = parser.parse_model(text.replace("NODE", "w = Constant <value_float = 1.0> ()" * as_node))
    if as_node:
        attribute = proto.graph.node[0].attribute[0]
        attribute.name, attribute.type = "value", attribute.TENSOR
    tensor = attribute.t if as_node else proto.graph.initializer.add()
    tensor.name, tensor.data_type, tensor.raw_data = "w", 1, w.tobytes()
    tensor.dims.extend(w.shape)
    return proto


@pytest.mark.parametrize("as_node", [False, True], ids=["stored", "constant"])
@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_outputs_stay_and_it_is_said_once(engine: str, caplog: pytest.LogCaptureFixture, *, as_node: bool) -> None:
    pytest.importorskip("torch" if engine == "torch" else "numpy")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra [onnxruntime])")
    w, x = weights(0.6), np.random.default_rng(1).random((2, 3, 6, 6)).astype(np.float32)
    count = int(((np.abs(w) < np.finfo(np.float32).tiny) & (w != 0)).sum())
    view = checked(model(w, as_node=as_node), where=f"{engine}{as_node}.onnx")
    with caplog.at_level(logging.WARNING, "nnlab.onnx"):
        runnable = load(view, engine)
        load(view, engine)
    assert [record.getMessage() for record in caplog.records] == [
        f"{engine}{as_node}.onnx: {count} weights too small for full precision (denormal) are taken as 0"
    ]
    ((y,), (expected,)) = (made.run({"x": x}) for made in (runnable, load(view, "onnxruntime")))
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)  # float32: sums of 27 products


def test_gradients_are_of_the_flushed_weights_as_well() -> None:
    found = NumpyModel(checked(model(weights(0.6)))).plan.constants["w"]
    assert np.count_nonzero(found) < found.size / 2
    assert (np.abs(found[found != 0]) >= np.finfo(np.float32).tiny).all()


def test_few_stay() -> None:
    few = np.ones(1000, np.float32)
    few[: MANY - 1] = 1e-40
    assert flushed_array(few) is few
    few[:MANY] = 1e-40
    assert np.count_nonzero(flushed_array(few)) == 1000 - MANY
    values = [few, few[:10], np.arange(5)]
    found, count = flushed(values)
    assert count == MANY
    assert found[1] is values[1]
    assert found[2] is values[2]


def test_types() -> None:
    assert np.count_nonzero(flushed_array(np.full(100, 1e-6, np.float16))) == 100  # denormal there, 1e-6 in float32
    assert np.count_nonzero(flushed_array(np.full(100, 1e-40, ml_dtypes.bfloat16))) == 0
    assert np.count_nonzero(flushed_array(np.full(100, 1e-40))) == 100
    assert np.count_nonzero(flushed_array(np.full(100, 1e-310))) == 0
