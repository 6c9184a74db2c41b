"""Engines by name, and how many threads they have."""

import sys

import numpy as np
import onnx.parser
import pytest

from nnlab.core.errors import MissingError, UsageError
from nnlab.kernels.threads import in_threads
from nnlab.onnx.backends.engines import ENGINES, OFFERED, Engine, known_engine, using
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.planner import plan
from nnlab.onnx.file.read import checked


@pytest.mark.parametrize("name", ["onxruntime", "Torch", "", None, 3])
def test_what_is_no_engine_is_refused_with_the_nearest(name: object) -> None:
    with pytest.raises(UsageError, match=r"--engine: no engine .* did you mean "):
        known_engine(name)


def test_every_engine_is_known() -> None:
    assert [known_engine(name) for name in OFFERED] == list(OFFERED)


def test_numpy_keeps_to_the_threads_that_were_said() -> None:
    import threading

    seen: set[int] = set()
    barrier = threading.Barrier(2)

    def one() -> None:
        seen.add(threading.get_ident())

    with using("numpy", 1):
        in_threads([one] * 8)
    assert seen == {threading.get_ident()}
    with using("numpy", 2):  # neither gets on without the other: there are two at once
        in_threads([lambda: barrier.wait(timeout=30), lambda: barrier.wait(timeout=30)])
    assert not barrier.broken


def test_torch_has_the_threads_that_were_said() -> None:
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    try:
        with using("torch", 1):
            assert torch.get_num_threads() == 1
            assert np.asarray(torch.ones(2)).sum() == 2
    finally:
        torch.set_num_threads(before)


ADDED = '<ir_version: 8, opset_import: ["" : 13]> g (float[2] x) => (float[2] y) { y = Add (x, x) }'


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_every_engine_runs_a_model_and_its_nodes_one_by_one(engine: Engine) -> None:
    if engine.name in {"torch", "onnxruntime"}:
        pytest.importorskip(engine.name)
    view = checked(onnx.parser.parse_model(ADDED))
    given = {"x": np.array([1, 2], np.float32)}
    assert engine.load(view).run(given)[0].tolist() == [2, 4]
    nodes = engine.backend.node_by_node(view, plan(view, numpy_compute))
    assert nodes.outputs(0, given)[0].tolist() == [2, 4]


def test_only_ours_have_gradients_and_one_is_asked_first() -> None:
    assert [engine.name for engine in ENGINES.values() if engine.ours] == ["numpy", "torch"]
    assert [engine.name for engine in ENGINES.values() if engine.counts_turns] == ["numpy"]
    assert OFFERED == ("numpy", "torch", "onnxruntime")
    pytest.importorskip("onnxruntime")
    for engine in ENGINES.values():
        if not engine.ours:
            with pytest.raises(UsageError, match="gives no gradients"):
                engine.backend.load(checked(onnx.parser.parse_model(ADDED))).gradients({}, [])


def test_onnx_s_interface_to_torch_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from nnlab.onnx.backends.torch import TorchBackend

    head = '<ir_version: 8, opset_import: ["" : 13]>'
    proto = onnx.parser.parse_model(head + "g (float[N] x) => (float[N] y) { y = Relu(x) }")
    view = checked(proto)
    monkeypatch.setitem(sys.modules, "torch", None)
    for module in [name for name in sys.modules if name.startswith("nnlab.onnx.torch_ops")]:
        monkeypatch.delitem(sys.modules, module)  # as if it had never been imported
    for ask in (
        lambda: TorchBackend.prepare(proto),
        lambda: TorchBackend.node_by_node(view, plan(view, numpy_compute)),
    ):
        with pytest.raises(MissingError, match="torch is not installed; type:"):
            ask()
