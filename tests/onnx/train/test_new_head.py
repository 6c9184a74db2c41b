"""Transfer: a network's features stay, and a new layer learns other classes; with frozen features it is quick."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from nnlab.backends.base import BACKENDS
from nnlab.checks.gradients import check_gradients
from nnlab.cli.main import main
from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.errors import DataError, UsageError
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.graph import Graph
from nnlab.onnx.file.read import read_model
from nnlab.onnx.model import Onnx
from nnlab.onnx.train.cutting import without_head
from nnlab.onnx.train.features import Features
from nnlab.onnx.train.network import OnnxNetwork
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import backward, labelled, one_head

SHAPE, CLASSES = (8, 8, 3), 5


def network(path: Path, *freeze: str, classes: int = CLASSES, dtype: Any = np.float64) -> Graph:
    model = Onnx(onnx_model=str(path), new_head=True, freeze=freeze)
    return model.graph(SHAPE, one_head(classes)).build(SHAPE, rng=Rng(0), dtype=dtype)


def batch(count: int = 6) -> Batch:
    generator = np.random.default_rng(1)
    targets = np.eye(CLASSES)[generator.integers(CLASSES, size=count)]
    return labelled(generator.random((count, *SHAPE)), targets, [str(i) for i in range(count)])


def learner(graph: Graph, backend: str, **options: Any) -> Any:
    optimizer = Optimizer(Constant(), learning_rate=0.5, **options)
    return BACKENDS.get(backend).of(graph, loss=CrossEntropy(), optimizer=optimizer)


def inner(graph: Graph) -> OnnxNetwork:
    (layer,) = (node.layer for node in graph.nodes if isinstance(node.layer, OnnxNetwork))
    return layer


def test_it_is_cut_before_the_last_layer_with_weights(convolutional: Any) -> None:
    """Conv, BatchNormalization, Relu, GlobalAveragePool, Reshape | Gemm (, Softmax)."""
    for softmax in (False, True):
        graph = network(convolutional(softmax=softmax))
        assert [(node.name, graph.shapes[node.name]) for node in graph.nodes] == [("onnx", (4,)), ("head", (CLASSES,))]
        assert graph.outlet.emits == "logits"
        names = {p.name for p in graph.parameters}
        assert names >= {"onnx.conv.weight", "head.weight"} and "onnx.head_weight" not in names


def test_before_a_convolution_the_features_are_means_over_the_map(written: Callable[..., Path]) -> None:
    generator = np.random.default_rng(0)
    k, last = generator.standard_normal((4, 3, 1, 1)), generator.standard_normal((9, 4, 1, 1))
    nodes = "c = Conv (x, k) d = Dropout (c) e = Conv (d, last) g = GlobalAveragePool (e) y = Softmax <axis = 1> (g)"
    path = written(
        nodes, x="float[n,3,8,8] x", y="float[n,9,1,1] y", opset=11, k=k.astype("f4"), last=last.astype("f4")
    )
    view = without_head(read_model(path))
    assert [node.operator for node in view.graph.nodes] == ["Conv", "GlobalAveragePool"]
    graph, x = network(path, "features"), batch().inputs
    _, tape = graph.forward(x, Context(), keep=True)
    wanted = x.mean(axis=(1, 2)) @ k.astype("f4").astype(np.float64).reshape(4, 3).T
    np.testing.assert_allclose(tape.outputs["onnx"], wanted, rtol=1e-12)


def test_stored_values_among_the_inputs_do_not_stay_behind(convolutional: Any) -> None:
    model = onnx.load(path := convolutional())
    for tensor in model.graph.initializer:
        model.graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
    path.write_bytes(model.SerializeToString())
    assert network(path).parameters


@pytest.mark.parametrize(
    ("nodes", "says"),
    [
        ("y = Flatten (x)", "no layer with weights"),
        ("f = Flatten (x) y = Gemm (f, W)", None),
        ("y = MatMul (x, W)", "no features"),
    ],
)
def test_what_has_no_features_is_refused(written: Callable[..., Path], nodes: str, says: str | None) -> None:
    path = written(nodes, W=np.ones((12, 3), np.float32))
    model = Onnx(onnx_model=str(path), new_head=True, freeze=("features",))
    if says is None:  # what is flattened is all that there is to learn from
        assert model.graph((12,), one_head(2)).nodes[-1].name == "head"
        return
    with pytest.raises(DataError, match=says):
        model.graph((12,), one_head(2))


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize(
    ("freeze", "left"),
    [
        (("features",), set()),
        (("conv.*",), {"onnx.norm.scale", "onnx.norm.shift"}),
        (("conv.weight", "norm.*"), {"onnx.conv.bias"}),
    ],
)
def test_what_is_frozen_neither_moves_nor_decays(
    convolutional: Any, request: pytest.FixtureRequest, backend: str, freeze: tuple[str, ...], left: set[str]
) -> None:
    if backend == "torch":
        request.getfixturevalue("torch_installed")
    graph = network(convolutional(), *freeze)
    assert {p.name for p in graph.parameters} == left | {"head.weight", "head.bias"}
    before = {name: np.array(value) for name, value in inner(graph).constants(np.float64).items()}
    one = learner(graph, backend, weight_decay=0.1)
    assert not check_gradients(one.probe(batch(), rng=Rng(0)), Rng(0)).failed
    start = one.state()
    for step in range(3):
        one.learn(batch(), rng=Rng(step), epoch=step, epochs=3)
    assert all(not np.array_equal(start[name], value) for name, value in one.state().items())
    for name, value in inner(graph).constants(np.float64).items():
        assert np.array_equal(value, before[name]), name


def test_frozen_features_are_those_of_the_network_and_computed_once(
    convolutional: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, x = convolutional(), batch().inputs
    _, whole = network(path).forward(x, Context(), keep=True)
    graph = network(path, "features")
    _, tape = graph.forward(x, Context(), keep=True)
    np.testing.assert_allclose(tape.outputs["onnx"], whole.outputs["onnx"], rtol=1e-12)
    monkeypatch.setattr(OnnxNetwork, "_fixed", lambda *_: pytest.fail("computed again"))
    _, again = graph.forward(x[::-1], Context(), keep=True)
    assert np.array_equal(again.outputs["onnx"], tape.outputs["onnx"][::-1])
    direction = backward(graph, np.ones((6, CLASSES)), tape, Context(), needs_dx=True)
    assert direction is not None and direction.shape == x.shape and np.abs(direction).max() > 0


def test_features_keep_to_their_bound_and_to_what_samples_hold() -> None:
    asked: list[int] = []

    def compute(i: int) -> np.ndarray:
        asked.append(i)
        return np.full((1, 4), float(i))

    kept = Features(most_bytes=64)  # two rows of four float64
    x = np.arange(3.0).reshape(3, 1)
    assert kept.of(x, "numpy", compute)[:, 0].tolist() == [0, 1, 2] and asked == [0, 1, 2]
    kept.of(x[1:], "numpy", compute)
    assert asked == [0, 1, 2]
    kept.of(x[:1], "numpy", compute)  # the first has made room
    kept.of(x[:1].astype(np.float32), "numpy", compute)
    kept.of(x[:1], "torch", compute)
    assert asked == [0, 1, 2, 0, 0, 0]


def test_a_name_that_is_not_there_says_the_nearest(convolutional: Any) -> None:
    with pytest.raises(UsageError, match=r"--freeze=conv.weigth.*did you mean conv.weight"):
        network(convolutional(), "conv.weigth")


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_run_with_a_new_head_goes_on_is_exported_and_infers(
    convolutional: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    backend: str,
) -> None:
    """Resumed, it equals the run in one piece to the last bit, and what is exported gives what it gives."""
    if backend == "torch":
        request.getfixturevalue("torch_installed")
    path = convolutional()
    monkeypatch.chdir(tmp_path)
    new = f"train --backend={backend} --resize=8,8 --prepare=none --filter-dataset=60-110 --threads=1 --json -q".split()
    new += [f"--datasets-path={Path(__file__).parents[3] / 'datasets'}", "--model=Onnx"]
    new += [f"--onnx-model={path}", "--new-head", "--freeze=features"]
    assert main([*new, "--epochs=3", "--runs-dir=whole"]) == 0
    whole = scores(capsys)
    assert main([*new, "--epochs=1", "--runs-dir=half"]) == 0
    capsys.readouterr()
    path.unlink()
    half = next(Path("half").glob("2*"))
    assert main(["train", "--resume", str(half), "--epochs=3", "--json", "-q"]) == 0
    assert scores(capsys) == whole
    assert main(["export", str(half), "--output=out.onnx", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["max_abs_difference"] < 1e-5  # probabilities in float32


def scores(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    """Of the one run that `--json` tells of."""
    document = json.loads(capsys.readouterr().out)
    (runs,) = (value for value in document.values() if isinstance(value, list))
    return [runs[0][part] for part in ("training", "dev", "test")]
