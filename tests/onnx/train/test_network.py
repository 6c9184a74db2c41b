"""An ONNX graph as a layer: how samples go in, what learns, and that its gradient is right on both backends."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from nnlab.backends.base import BACKENDS
from nnlab.checks.gradients import check_gradients
from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.errors import DataError, ShapeError, UsageError
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.graph import Graph
from nnlab.models.one_layer import OneLayer
from nnlab.onnx.model import Onnx
from nnlab.onnx.train.network import OnnxNetwork
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import backward, forward, labelled, one_head

SIZE, CLASSES = 8, 3
IMAGE = (SIZE, SIZE, 3)


def built(path: Path, shape: tuple[int, ...] = IMAGE, dtype: Any = np.float64, classes: int = CLASSES) -> Graph:
    return Onnx(onnx_model=str(path)).graph(shape, one_head(classes)).build(shape, rng=Rng(0), dtype=dtype)


def batch(shape: tuple[int, ...] = IMAGE, count: int = 6) -> Batch:
    generator = np.random.default_rng(1)
    targets = np.eye(CLASSES)[generator.integers(CLASSES, size=count)]
    return labelled(generator.random((count, *shape)), targets, [str(i) for i in range(count)])


def learner(graph: Graph, backend: str = "numpy", **options: Any) -> Any:
    optimizer = Optimizer(Constant(), learning_rate=0.5, **options)
    return BACKENDS.get(backend).of(graph, loss=CrossEntropy(), optimizer=optimizer)


@pytest.mark.parametrize("size", [1, "batch"])
def test_it_gives_what_the_reference_gives(convolutional: Any, size: Any) -> None:
    path = convolutional(batch=size)
    x = batch().inputs.astype(np.float32)
    y, _ = forward(built(path, dtype=np.float32), x, Context())
    session = ReferenceEvaluator(str(path))
    alone = [session.run(None, {"x": x[i : i + 1].transpose(0, 3, 1, 2)})[0] for i in range(len(x))]
    assert y.shape == (6, CLASSES) and y.dtype == np.float32
    np.testing.assert_allclose(y, np.concatenate(alone), rtol=1e-5, atol=1e-6)  # float32, other order of sums


def test_flattened_images_are_turned_as_images_are(convolutional: Any) -> None:
    path, x = convolutional(), batch().inputs
    as_images, _ = forward(built(path), x, Context())
    as_rows, _ = forward(built(path, (SIZE * SIZE * 3,)), x.reshape(len(x), -1), Context())
    assert np.array_equal(as_images, as_rows)


def test_running_statistics_and_constants_stay_as_they_are(convolutional: Any) -> None:
    graph = built(convolutional())
    names = {parameter.name.removeprefix("onnx.") for parameter in graph.parameters}
    assert names == {"conv.weight", "conv.bias", "norm.scale", "norm.shift", "head_weight", "head_bias"}
    assert {p.name for p in graph.parameters if p.penalised} == {"onnx.conv.weight", "onnx.head_weight"}


def test_weights_in_constant_nodes_learn_too(convolutional: Any, tmp_path: Path) -> None:
    model = onnx.load(convolutional())
    (stored,) = (tensor for tensor in model.graph.initializer if tensor.name == "conv.weight")
    model.graph.node.insert(0, helper.make_node("Constant", [], ["conv.weight"], value=stored))
    model.graph.initializer.remove(stored)
    (tmp_path / "constant.onnx").write_bytes(model.SerializeToString())
    one, other = built(convolutional()), built(tmp_path / "constant.onnx")
    assert {p.name for p in one.parameters} == {p.name for p in other.parameters}


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("softmax", [False, True])
def test_its_gradient_agrees_with_differences(
    convolutional: Any, request: pytest.FixtureRequest, backend: str, softmax: bool
) -> None:
    if backend == "torch":
        request.getfixturevalue("torch_installed")
    graph = built(convolutional(softmax=softmax), dtype=np.float32)
    assert graph.outlet.emits == ("probabilities" if softmax else "logits")
    probe = learner(graph, backend, weight_decay=0.01).probe(batch(), rng=Rng(0))
    report = check_gradients(probe, Rng(0))
    assert not report.failed and len(report.verdicts) == 6
    assert report.worst_distance < 1e-6  # float64: differences through a Relu, as in every model


def test_the_gradient_of_its_input_is_in_the_samples_own_axes(convolutional: Any) -> None:
    graph, x = built(convolutional()), batch().inputs
    ctx = Context()
    y, tape = forward(graph, x, ctx)
    weights = np.random.default_rng(2).standard_normal(y.shape)
    dx = backward(graph, weights, tape, ctx, needs_dx=True)
    assert dx is not None and dx.shape == x.shape
    direction = np.random.default_rng(3).standard_normal(x.shape)
    ahead, behind = (forward(graph, x + step * direction, Context())[0] for step in (1e-6, -1e-6))
    slope = float(((ahead - behind) * weights).sum() / 2e-6)
    assert float((dx * direction).sum()) == pytest.approx(slope, rel=1e-6)  # central differences, float64


def test_both_backends_take_the_same_steps_and_show_the_same_tensors(convolutional: Any, torch_installed: None) -> None:
    path = convolutional()
    shown: dict[str, dict[str, np.ndarray]] = {"numpy": {}, "torch": {}}
    states = {}
    for backend, tensors in shown.items():
        one = learner(built(path), backend)

        def watch(node: str, what: str, array: Any, tensors: Any = tensors) -> None:
            tensors[f"{node} {what}"] = np.array(array)

        for step in range(3):
            one.learn(batch(), rng=Rng(step), epoch=step, epochs=3, watch=watch)
        states[backend] = one.state()
    assert shown["numpy"].keys() == shown["torch"].keys()
    assert {"onnx/first forward", "onnx/bend backward", "onnx.conv gradient weight"} <= shown["numpy"].keys()
    for name, tensor in shown["numpy"].items():
        assert tensor.shape == shown["torch"][name].shape, name
        np.testing.assert_allclose(shown["torch"][name], tensor, rtol=1e-9, atol=1e-12, err_msg=name)
    for name, value in states["numpy"].items():
        np.testing.assert_allclose(states["torch"][name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_copies_share_no_weights(convolutional: Any) -> None:
    graph = built(convolutional())
    twin = graph.astype(np.float32)
    before = graph.state()
    for parameter in twin.parameters:
        assert parameter.value.dtype == np.float32
        parameter.value += 1
    assert all(np.array_equal(before[name], value) for name, value in graph.state().items())
    moved, _ = forward(twin, batch().inputs, Context())
    still, _ = forward(graph, batch().inputs, Context())
    assert not np.allclose(moved, still)


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((16, 16, 3), "--resize=8,8"),
        ((SIZE, SIZE, 1), "--no-grayscale"),
        ((100,), "--resize=8,8"),
    ],
)
def test_samples_that_do_not_fit_say_what_to_type(convolutional: Any, shape: tuple[int, ...], says: str) -> None:
    with pytest.raises(ShapeError) as caught:
        built(convolutional(), shape)
    assert says in str(caught.value) and "3 x 8 x 8" in str(caught.value)


def test_rows_cannot_be_images_of_unknown_size(convolutional: Any, tmp_path: Path) -> None:
    model = onnx.load(convolutional())
    for axis in model.graph.input[0].type.tensor_type.shape.dim[2:]:
        axis.dim_param = "any"
    path = tmp_path / "any.onnx"
    path.write_bytes(model.SerializeToString())
    assert built(path, (5, 9, 3)).out_shape == (CLASSES,)
    with pytest.raises(ShapeError, match="--no-flatten"):
        built(path, (SIZE * SIZE * 3,))


def test_another_number_of_classes_is_refused(convolutional: Any) -> None:
    with pytest.raises(UsageError, match="gives 3 values a sample, and the dataset has 4 classes"):
        built(convolutional(), classes=4)


def test_a_graph_with_two_inputs_or_whole_numbers_is_refused(convolutional: Any, tmp_path: Path) -> None:
    model = onnx.load(convolutional())
    model.graph.input.append(helper.make_tensor_value_info("more", onnx.TensorProto.FLOAT, [1]))
    (tmp_path / "two.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(DataError, match="has x, more"):
        built(tmp_path / "two.onnx")
    del model.graph.input[:]
    model.graph.input.append(helper.make_tensor_value_info("x", onnx.TensorProto.UINT8, ["batch", 3, SIZE, SIZE]))
    (tmp_path / "pixels.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(DataError, match="--with-preprocessing"):
        built(tmp_path / "pixels.onnx")


@pytest.mark.parametrize(
    ("operator", "says"),
    [("Elsewhere", "operators that nnlab does not compute"), ("Loop", "node bend")],
)
def test_the_file_is_named_once_and_no_engine_is_advised(
    convolutional: Any, tmp_path: Path, operator: str, says: str
) -> None:
    path = tmp_path / "odd.onnx"
    proto = onnx.load(str(convolutional()))
    proto.graph.node[2].op_type = operator  # a Loop has a body, this has none
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(DataError, match=says) as caught:
        _ = OnnxNetwork(path=str(path)).model
    said = str(caught.value)
    assert said.startswith(f"{path}: ") and said.count(str(path)) == 1
    assert "--engine" not in said


@pytest.mark.parametrize("shape", [(12,), (2, 3, 2)])
def test_one_layer_is_one_layer_where_no_file_has_its_name(shape: tuple[int, ...], tmp_path: Path) -> None:
    """F13: the same first weights, and in float64 the same training to rounding."""
    given = Onnx(models_path=str(tmp_path)).graph(shape, one_head(CLASSES))
    own = OneLayer().graph(shape, one_head(CLASSES))
    pair = [learner(g.build(shape, rng=Rng(0).at("weights"), dtype=np.float64)) for g in (given, own)]
    for step in range(20):
        losses = [one.learn(batch(shape), rng=Rng(step), epoch=step, epochs=20).loss for one in pair]
        assert losses[0] == pytest.approx(losses[1], rel=1e-12)  # sums in another order
    states = [list(one.state().values()) for one in pair]
    for mine, theirs in zip(*states, strict=True):
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


def test_a_file_of_that_name_comes_first(convolutional: Any) -> None:
    path = convolutional("one_layer")
    (node,) = Onnx(models_path=str(path.parent)).graph(IMAGE, one_head(CLASSES)).nodes
    assert isinstance(node.layer, OnnxNetwork) and node.layer.path == str(path)


def test_the_published_sample_comes_out(shared_data: Path) -> None:
    folder = shared_data / "onnx" / "mnist-8"
    graph = built(folder / "mnist-8.onnx", (28, 28, 1), np.float32, classes=10)
    read = {
        name: numpy_helper.to_array(onnx.load_tensor(str(folder / "test_data_set_0" / f"{name}_0.pb")))
        for name in ("input", "output")
    }
    x = np.repeat(read["input"].transpose(0, 2, 3, 1), 3, axis=0)  # a file for one sample takes three
    y, _ = forward(graph, x, Context())
    assert y.shape == (3, 10)
    np.testing.assert_allclose(y, np.repeat(read["output"], 3, axis=0), rtol=1e-4)  # outputs in the thousands
