"""onnxruntime behind onnx's backend interface."""

import builtins
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper

from nnlab.core.errors import DataError, MissingError, UsageError


def relu(*, domain: str = "") -> ModelProto:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"], domain=domain)], "tiny", value[:1], value[1:])
    opsets = [helper.make_opsetid("", 13), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def test_it_runs_and_gives_no_gradients() -> None:
    pytest.importorskip("onnxruntime")
    from nnlab.onnx.backends import onnxruntime

    prepared = onnxruntime.prepare(relu())
    x = np.array([[-1.0, 0.0, 2.0]], np.float32)
    (y,) = prepared.run([x])
    assert y.shape == (1, 3) and y.dtype == np.float32
    np.testing.assert_array_equal(y, [[0, 0, 2]])
    with pytest.raises(UsageError, match="gives no gradients"):
        prepared.gradients([x], [np.ones_like(x)])
    assert onnxruntime.supports_device("CPU") and not onnxruntime.supports_device("CUDA")


def test_what_it_does_not_take_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnxruntime")
    from nnlab.onnx.backends.onnxruntime import OnnxruntimeModel
    from nnlab.onnx.file.read import checked

    with pytest.raises(DataError, match="onnxruntime does not take it") as caught:
        OnnxruntimeModel(checked(relu(domain="elsewhere")))
    assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match="onnxruntime cannot run it") as caught:
        OnnxruntimeModel(checked(relu())).run({"x": np.zeros((1, 4), np.float32)})
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


VALIDATE = (
    "void onnxruntime::Validate(const std::unordered_map<std::string, int>&, const std::function<void(int)>&, bool)"
)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("[ONNXRuntimeError] : 10 : INVALID_GRAPH : This is an invalid model.\n", "This is an invalid model."),
        (f"[E] : 1 : FAIL : /src/load.h:46 {VALIDATE} Unsupported (so far): 99\n", "Unsupported (so far): 99"),
        ("[E] : 1 : FAIL : /src/a.cc:4 (anonymous namespace)::A::operator()(int) const No kernel", "No kernel"),
        ("[E] : 1 : FAIL : /src/a.cc:4 without a signature", "/src/a.cc:4 without a signature"),
        ("", "ValueError"),
    ],
)
def test_a_reason_is_without_places_in_its_sources(said: str, reason: str) -> None:
    from nnlab.onnx.apart import sessions

    assert sessions.reason(ValueError(said)) == reason


def test_an_opset_it_does_not_know_is_said_shortly() -> None:
    pytest.importorskip("onnxruntime")
    from nnlab.onnx.backends.engines import ENGINES
    from nnlab.onnx.write.verify import Lacking, opened

    proto = relu()
    proto.opset_import[0].version = 1000
    with pytest.raises(Lacking, match=r"\(it knows the operators of ai\.onnx up to version \d+\)$"):
        opened(ENGINES["onnxruntime"], proto)


def test_without_it_the_line_that_installs_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from nnlab.onnx.apart.sessions import require_onnxruntime

    plain = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "onnxruntime":
            raise ModuleNotFoundError(name=name)
        return plain(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingError, match=r"onnxruntime is not installed; type: .*\[onnxruntime\]"):
        require_onnxruntime()
