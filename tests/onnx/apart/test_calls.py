"""Models that machine code does not survive: one line, in this process, which goes on."""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from onnx import GraphProto, ModelProto, TensorProto, ValueInfoProto, helper, numpy_helper

from nnlab.core.errors import ComparisonError, DataError
from nnlab.onnx.apart import calls
from nnlab.onnx.apart.helper import Helper
from nnlab.onnx.apart.tame import is_tame
from nnlab.onnx.examine.describe import describe
from nnlab.onnx.examine.judge import judge
from nnlab.onnx.file.read import model_of
from nnlab.onnx.limits import limited
from nnlab.onnx.write.verify import Wanted, verify


def alone(operator: str, *inputs: Any, domain: str = "", output: int = 1, **attributes: Any) -> ModelProto:
    """A model of one node."""
    names = [value.name for value in inputs]
    node = helper.make_node(operator, names, ["y"], "node", domain=domain, **attributes)
    graph = GraphProto(name="g", node=[node], input=inputs)
    graph.output.append(helper.make_tensor_value_info("y", output, None))
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 4)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


UNTYPED = ValueInfoProto(name="x")


def crashing() -> ModelProto:
    """onnx's inference reads the type of an input that has none."""
    return alone("RegexFullMatch", UNTYPED, pattern="a", output=TensorProto.BOOL)


def test_a_crash_of_shape_inference_is_one_line_and_the_next_call_works() -> None:
    for _ in range(2):
        with pytest.raises(DataError, match="onnx's shape inference crashes on it"):
            calls.infer_shapes(crashing())
    text = helper.make_tensor_value_info("x", TensorProto.STRING, [2])
    sound = alone("RegexFullMatch", text, pattern="a", output=TensorProto.BOOL)
    (y,) = calls.infer_shapes(sound).graph.output
    assert [axis.dim_value for axis in y.type.tensor_type.shape.dim] == [2]


@pytest.mark.parametrize(
    "model",
    [
        crashing,
        lambda: alone("LabelEncoder", UNTYPED, domain="ai.onnx.ml", keys_int64s=[1], values_int64s=[2]),
        lambda: alone("DictVectorizer", UNTYPED, domain="ai.onnx.ml", int64_vocabulary=[1]),
        lambda: alone("EyeLike", UNTYPED),
    ],
    ids=["RegexFullMatch", "LabelEncoder", "DictVectorizer", "EyeLike"],
)
def test_a_description_of_such_a_model_is_given(
    model: Callable[[], ModelProto], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("WARNING", logger="nnlab.onnx"):
        said = describe(model_of(model().SerializeToString(), where="odd.onnx"))
    assert [row.count for row in said.operators] == [1] and set(said.engines) == {"numpy", "torch", "onnxruntime"}
    assert "crashes on it" in caplog.text or "SIG" not in caplog.text


def test_a_verdict_says_who_crashed() -> None:
    view = model_of(crashing().SerializeToString(), where="odd.onnx")
    verdict = judge(view, {"x": np.array(["a", "b"], object)})
    rows = {row.name: row for row in verdict.rows}
    assert rows["shape inference"].verdict == "refused"
    assert "crashes on it" in str(rows["shape inference"].reason)


def test_an_export_is_verified_apart_where_the_network_is_a_strangers() -> None:
    """OneHot without a depth: onnxruntime divides by it."""
    nodes = [helper.make_node("Cast", ["x"], ["i"], to=TensorProto.INT64)]
    nodes.append(helper.make_node("OneHot", ["i", "depth", "values"], ["y"]))
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])]
    graph = helper.make_graph(nodes, "g", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    stored = {"depth": np.array([], np.int64), "values": np.array([0, 1], np.float32)}
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in stored.items())
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    x = np.zeros((1, 2), np.float32)
    with pytest.raises(ComparisonError, match=r"no engine runs|refuses|crashes") as caught:
        verify(model, x, Wanted(x), dtype="float32")
    assert len(str(caught.value).splitlines()) == 1


def test_onnxruntime_may_crash_while_it_opens_or_runs_a_model() -> None:
    pytest.importorskip("onnxruntime")
    from nnlab.onnx.backends.onnxruntime import OnnxruntimeModel

    names = ("indices", "depth", "values")
    kinds = (TensorProto.INT64, TensorProto.INT64, TensorProto.FLOAT)
    inputs = [helper.make_tensor_value_info(name, kind, None) for name, kind in zip(names, kinds, strict=True)]
    empty = model_of(alone("OneHot", *inputs).SerializeToString())
    given = {"indices": np.array([0]), "depth": np.array([], np.int64), "values": np.array([0, 1], np.float32)}
    with pytest.raises(DataError) as caught:
        OnnxruntimeModel(empty).run(given)
    assert "onnxruntime" in str(caught.value) and len(str(caught.value).splitlines()) == 1
    sound = OnnxruntimeModel(empty)  # a crash takes none of the others with it
    (y,) = sound.run(given | {"depth": np.array(3)})
    np.testing.assert_array_equal(y, [[1, 0, 0]])
    with pytest.raises(DataError, match="onnxruntime cannot run it"):
        sound.run(given | {"values": np.array([0.0, 1.0])})


def test_a_session_is_there_again_after_a_crash() -> None:
    pytest.importorskip("onnxruntime")
    from nnlab.onnx.backends.onnxruntime import OnnxruntimeModel

    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3])
    model = OnnxruntimeModel(model_of(alone("Gelu", x, domain="com.microsoft").SerializeToString()))
    given = {"x": np.array([[1.0, 2.0, 3.0]], np.float32)}
    before = model.run(given)
    helper_process = model._run.args[0]
    helper_process._process.kill()
    with pytest.raises(DataError, match="onnxruntime crashes on it"):
        model.run(given)
    np.testing.assert_array_equal(model.run(given), before)


def test_an_interrupted_call_does_not_leave_its_answer_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    module, helper_process = sys.modules["nnlab.onnx.apart.helper"], Helper()
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3])
    sound = alone("Relu", x).SerializeToString()

    def interrupted(pipe: object) -> object:
        raise KeyboardInterrupt

    try:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(module, "receive", interrupted)
            helper_process.call("check", sound, False, who="onnx")
        assert isinstance(helper_process.call("infer_shapes", sound, {}, who="onnx"), bytes)
    finally:
        helper_process.close()


def test_what_does_not_come_to_an_end_is_ended() -> None:
    """The reference evaluator counts an n-gram from a place far below 0 upwards."""
    tokens = helper.make_tensor_value_info("x", TensorProto.INT64, [4])
    counts = {"ngram_counts": [-(2**62)], "ngram_indexes": [0], "pool_int64s": [1]}
    lengths = {"max_gram_length": 1, "min_gram_length": 1, "max_skip_count": 0}
    model = alone("TfIdfVectorizer", tokens, mode="TF", **counts, **lengths)
    view = model_of(model.SerializeToString(), where="endless.onnx")
    began = time.monotonic()
    with limited(seconds=0.5):
        verdict = judge(view, {"x": np.array([1, 2, 3, 4])})
    assert time.monotonic() - began < 120  # the helper's grace, of each that does not end, on a busy machine
    assert not verdict.passed
    numpy = next(row for row in verdict.rows if row.name == "numpy")
    assert "ngram_counts" in str(numpy.reason)


def test_a_helper_says_what_its_library_says_and_goes_on() -> None:
    helper_process = Helper()
    try:
        for _ in range(2):
            with pytest.raises(RuntimeError, match="Field 'type' of 'value_info' is required but missing"):
                helper_process.call("check", crashing().SerializeToString(), who="onnx's checker")
    finally:
        helper_process.close()


def test_networks_for_pictures_are_tame_and_others_are_not() -> None:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3])
    assert is_tame(alone("Relu", x)) and is_tame(alone("Softmax", x, axis=1))
    assert not is_tame(alone("Relu", x, domain="com.microsoft"))
    assert not is_tame(crashing())
    assert not is_tame(alone("LayerNormalization", x, x, ValueInfoProto(name="")))  # onnxruntime reads it all the same
    assert not is_tame(alone("Relu", UNTYPED)) and not is_tame(
        alone("Relu", helper.make_tensor_value_info("x", 1, None))
    )
    assert is_tame(alone("Flatten", x, axis=-1)) and not is_tame(alone("Flatten", x, axis=2**40))
    assert is_tame(alone("Slice", x, starts=[0], ends=[2**63 - 1]))  # as exporters write "all"
    body = helper.make_graph([helper.make_node("Relu", ["a"], ["b"])], "body", [], [ValueInfoProto(name="b")])
    assert not is_tame(alone("Relu", x, extra=body))
