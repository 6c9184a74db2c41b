"""Changes of a graph: what goes, what stays, and that it computes the same; the counts of onnxruntime's own levels."""

from pathlib import Path

import numpy as np
import onnx
import onnx.helper as oh
import pytest
from onnx import ModelProto

from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.base import MODELS
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.file.read import model_of
from nnlab.onnx.rungs.gone import gone, operators
from nnlab.onnx.rungs.graph import (
    batch_norms_folded,
    constants_folded,
    up_to,
    without_identities,
    without_softmax,
    without_transposes,
)
from nnlab.onnx.write.export import Form, to_onnx
from nnlab.testing.batches import one_head
from tests.onnx.write.quantized.graphs import model, network, pictures


def run(proto: ModelProto, x: Array) -> Array:
    return np.asarray(ENGINES["numpy"].load(model_of(proto.SerializeToString())).run({proto.graph.input[0].name: x})[0])


def written(name: str, **options: object) -> ModelProto:
    """A network on 64 x 64 as it is exported, with its softmax; without what its layout adds."""
    graph = MODELS.get(name)(**options).graph((64, 64, 3), one_head(4))
    graph.build((64, 64, 3), rng=Rng(0), dtype=np.dtype("float32"))
    return without_transposes(without_identities(without_transposes(to_onnx(graph, Form(softmax=True)))))


GOLDEN = [
    # nodes at off, basic, extended, all (None: depends on how many channels the processor takes at once)
    ("SmallCnn", {}, {"off": 15, "basic": 12, "extended": 9}, {"Transpose": 1}),  # nnlab flattens with channels last
    ("MbConvNet", {"preset": "C"}, {"off": 56, "basic": 40, "extended": 30}, {"Flatten": 1}),  # nnlab's has one
    ("ResNet18", {}, {"off": 70, "basic": 50, "extended": 41, "all": 26}, {}),
]


@pytest.mark.parametrize(("name", "options", "golden", "more"), GOLDEN, ids=[row[0] for row in GOLDEN])
def test_nodes_that_onnxruntime_leaves_are_those_that_were_counted(
    name: str, options: dict[str, str], golden: dict[str, int], more: dict[str, int], tmp_path: Path
) -> None:
    """Counted of torch's export with onnxruntime 1.32.0; what nnlab's own export has more is named."""
    pytest.importorskip("onnxruntime", reason="it is onnxruntime's own files that are counted")
    from nnlab.onnx.rungs.ort_rungs import optimised

    proto = written(name, **options)
    assert {key: operators(proto)[key] for key in more} == more
    onnx.save(proto, tmp_path / "net.onnx")
    found = {level: operators(onnx.load(optimised(tmp_path / "net.onnx", level, tmp_path))) for level in golden}
    assert {level: sum(counts.values()) - sum(more.values()) for level, counts in found.items()} == golden
    own = batch_norms_folded(constants_folded(proto))
    assert operators(own) == found["basic"]  # nnlab's folding leaves the same operators
    if name == "ResNet18":
        return  # the same operators as the others have, and ten times the time
    x = np.random.default_rng(1).standard_normal((2, 3, 64, 64)).astype(np.float32)
    assert np.abs(run(own, x) - run(proto, x)).max() <= 1e-6


def test_batch_norm_is_folded_to_the_last_digits_of_float64() -> None:
    proto, x = network(), pictures().astype(np.float64)
    for tensor in list(proto.graph.initializer):
        wide = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor).astype(np.float64), tensor.name)
        tensor.CopyFrom(wide)
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    assert np.abs(run(batch_norms_folded(proto), x) - run(proto, x)).max() <= 1e-12


def test_a_batch_norm_before_weights_after_a_branch_or_read_twice_stays() -> None:
    w, c = np.ones((2, 1, 1, 1), np.float32), np.ones(2, np.float32)
    norm = ["c", "c", "c", "c"]
    nodes = [
        oh.make_node("Conv", ["x", "w"], ["a"], name="a"),
        oh.make_node("BatchNormalization", ["a", *norm], ["b"], name="after a branch"),
        oh.make_node("Add", ["a", "b"], ["sum"], name="sum"),
        oh.make_node("BatchNormalization", ["sum", *norm], ["d"], name="before weights"),
        oh.make_node("Conv", ["d", "v"], ["y"], name="y"),
    ]
    proto = model(nodes, {"w": w, "v": np.ones((2, 2, 1, 1), np.float32), "c": c}, gives=("n", 2, 2, 2))
    assert operators(batch_norms_folded(proto)) == operators(proto)


def test_identities_go_constants_are_stored_and_what_went_is_told() -> None:
    nodes = [
        oh.make_node("Identity", ["x"], ["same"], name="same"),
        oh.make_node("Dropout", ["same"], ["kept"], name="kept"),
        oh.make_node("Mul", ["two", "three"], ["six"], name="six"),
        oh.make_node("Mul", ["kept", "six"], ["y"], name="times"),
    ]
    proto = model(
        nodes, {"two": np.float32(2), "three": np.full((1, 1), 3, np.float32)}, given=("n", 2), gives=("n", 2)
    )
    plain = without_identities(proto)
    assert operators(plain) == {"Mul": 2}
    told = gone(proto, plain)
    assert [(row.node, row.operator, row.shape, row.instead) for row in told] == [
        ("same", "Identity", (None, 2), "part of another node"),
        ("kept", "Dropout", (None, 2), "Mul times reads x"),
    ]
    stored = constants_folded(plain)
    assert operators(stored) == {"Mul": 1}
    assert [(row.node, row.shape, row.instead) for row in gone(plain, stored)] == [("six", (1, 1), "a stored value")]
    x = np.array([[1, 2]], np.float32)
    assert run(stored, x).tolist() == run(proto, x).tolist() == [[6, 12]]


def test_a_dropout_that_drops_and_one_that_names_an_output_stay() -> None:
    nodes = [
        oh.make_node("Dropout", ["x", "half", "yes"], ["a"], name="a"),
        oh.make_node("Identity", ["a"], ["y"], name="y"),
    ]
    stored = {"half": np.float32(0.5), "yes": np.array(True)}
    proto = model(nodes, stored, given=("n", 2), gives=("n", 2))
    assert operators(without_identities(proto)) == {"Dropout": 1, "Identity": 1}


def test_without_its_softmax_a_file_gives_logits_and_the_same_classes() -> None:
    proto, x = network(), pictures()
    bare = without_softmax(proto)
    assert "Softmax" not in operators(bare) and [value.name for value in bare.graph.output] == ["y"]
    logits, shares = run(bare, x), run(proto, x)
    assert np.array_equal(logits.argmax(axis=1), shares.argmax(axis=1)) and logits.min() < 0
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert np.abs(powers / powers.sum(axis=1, keepdims=True) - shares).max() < 1e-6
    assert operators(without_softmax(bare)) == operators(bare)


def test_a_softmax_stays_where_the_file_gives_its_logits_too() -> None:
    proto = network()
    proto.graph.output.append(oh.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["n", 2]))
    assert operators(without_softmax(proto))["Softmax"] == 1


def test_all_changes_up_to_one() -> None:
    proto, x = network(), pictures()
    assert "BatchNormalization" in operators(up_to(proto, "constants"))
    assert "BatchNormalization" not in operators(up_to(proto, "batch-norm"))
    assert np.abs(run(up_to(proto, "batch-norm"), x) - run(proto, x)).max() < 1e-6
