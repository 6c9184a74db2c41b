"""A Loop that never ends is ended on onnxruntime, and engines that nothing can end are not asked."""

from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, parser

from nnlab.core.errors import ComparisonError, DataError
from nnlab.onnx.apart.endless import holds_loop, watched
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.engine.endless import why_not_asked
from nnlab.onnx.examine.judge import judge
from nnlab.onnx.examine.lockstep import lockstep
from nnlab.onnx.file.read import checked
from nnlab.onnx.limits import limited
from nnlab.onnx.write.verify import Wanted, verify

X = {"x": np.ones(2, np.float32)}
BODY = "(int64 i, bool go, float[2] v) => (bool still, float[2] u) { still = Identity(go)  u = Relu(v) }"


def looping(trips: int | None = None) -> ModelProto:
    """A Loop of so many turns over x; without an end by default."""
    stored, most = ("", '""') if trips is None else (f", int64 n = {{{trips}}}", "n")
    proto: ModelProto = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[2] x) => (float[2] y)'
        f" <bool on = {{1}}{stored}> {{ y = Loop ({most}, on, x) <body = b {BODY}> }}"
    )
    return proto


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails, in place of running for ever, when the reference evaluator is asked."""

    def asked(*args: Any, **more: Any) -> None:
        pytest.fail("the reference evaluator was asked")

    monkeypatch.setattr("onnx.reference.ReferenceEvaluator.run", asked)


def test_loops_are_found_inside_branches() -> None:
    inner = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[2] x, bool c) => (float[2] y)'
        " <bool on = {1}, int64 o = {9}> { y = If (c)"
        " <then_branch = t () => (float[2] a) { a = Identity(x) }, else_branch = e () => (float[2] d)"
        f" {{ d = Loop (o, on, x) <body = b {BODY}> }}> }}"
    )
    assert holds_loop(inner)
    inner.graph.node[0].attribute[1].g.node[0].op_type = "Scan"
    assert not holds_loop(inner)


def test_onnxruntime_is_ended() -> None:
    pytest.importorskip("onnxruntime")
    from nnlab.onnx.backends.onnxruntime import OnnxruntimeModel

    model = OnnxruntimeModel(checked(looping()))
    with limited(seconds=0.2), pytest.raises(DataError, match=r"after 0\.2 seconds; set NNLAB_ONNX_SECONDS") as caught:
        model.run(X)
    assert caught.value.exit_code == 5
    (y,) = OnnxruntimeModel(checked(looping(3))).run(X)
    assert (y.shape, y.dtype) == ((2,), np.float32)
    np.testing.assert_array_equal(y, X["x"])


def test_a_run_that_ends_in_time_is_not_ended_later() -> None:
    class Options:
        terminate = False

    options = Options()
    with limited(seconds=1e-9), watched(options) as run:
        while not run.ended:
            pass
    assert options.terminate
    with limited(seconds=1000), watched(Options()) as run:
        pass
    assert not run.ended and "1000 seconds" in str(run.error("here"))


def test_torch_looks_for_its_operators_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by an endless Loop: every operator of every turn looked through the folder of translations."""
    pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.execute import TorchModel

    model = TorchModel(checked(looping(3)))
    monkeypatch.setattr("pkgutil.iter_modules", lambda *args: pytest.fail("looked again"))
    (y,) = model.run(X)
    np.testing.assert_array_equal(y, X["x"])


def test_what_ends_is_asked_of_all() -> None:
    assert why_not_asked(looping(3), X) is None
    with limited(turns=2):
        assert "2 turns" in (why_not_asked(looping(3), X) or "")


@pytest.mark.usefixtures("untouched")
def test_judging_does_not_ask_what_cannot_be_ended() -> None:
    with limited(turns=20):
        verdict = judge(checked(looping()), X)
    reasons = {row.name: row.reason or "" for row in verdict.rows if row.verdict == "cannot run"}
    assert "20 turns" in reasons["numpy"]
    assert reasons["reference"] == reasons["onnxruntime"] == reasons["torch"]
    assert "is not asked: it has a Loop" in reasons["reference"]
    assert not verdict.passed


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("pair", [("reference", "numpy"), ("onnxruntime", "numpy")])
def test_lockstep_does_not_ask_them_either(pair: tuple[str, str]) -> None:
    if "onnxruntime" in pair:
        pytest.importorskip("onnxruntime")
    with limited(turns=20), pytest.raises(DataError, match="20 turns"):
        list(lockstep(checked(looping()), X, pair))


@pytest.mark.usefixtures("untouched")
def test_nor_does_an_exports_verification() -> None:
    with limited(turns=20), pytest.raises(ComparisonError, match="reference: is not asked: it has a Loop"):
        verify(looping(), X["x"], Wanted(X["x"]), dtype="float32")


def test_an_exports_verification_runs_loops_that_end() -> None:
    found = verify(looping(3), X["x"], Wanted(X["x"]), dtype="float32")
    assert found.engines.keys() | found.lacking.keys() == ENGINES.keys()
    assert found.worst == 0
