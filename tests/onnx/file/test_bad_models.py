"""Files that are no sound models: one line each, before anything runs. Mutating models found many of these."""

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper

from nnlab.core.errors import DataError
from nnlab.onnx.backends.numpy import prepare
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import model_of, read_model
from nnlab.onnx.limits import limited

FLOAT = TensorProto.FLOAT


def model(*nodes: NodeProto, stored: tuple[TensorProto, ...] = (), opset: int = 18, **more: Any) -> ModelProto:
    """A model from x (2, 3) to y with these nodes."""
    x, y = (helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in (("x", [2, 3]), ("y", None)))
    graph = helper.make_graph(list(nodes) or [node("Relu", "x", "y")], "g", [x], [y], list(stored))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], **more)


def node(operator: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """`node("Add", "a b", "c")`; "-" for a name left out."""
    names = [["" if name == "-" else name for name in text.split()] for text in (inputs, outputs)]
    return helper.make_node(operator, *names, **attributes)


def tensor(name: str, dims: list[int], data: bytes, kind: int = FLOAT) -> TensorProto:
    """Whether its bytes fit or not."""
    return TensorProto(name=name, dims=dims, raw_data=data, data_type=kind)


def refused(proto: ModelProto | bytes, *words: str) -> str:
    """The line that reading and planning answer with."""
    with pytest.raises(DataError) as caught:
        NumpyModel(model_of(proto if isinstance(proto, bytes) else proto.SerializeToString(), where="bad.onnx"))
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    assert line.startswith("bad.onnx")
    assert caught.value.exit_code == 5
    assert "not a sound model" not in line, "an error that nobody foresaw"
    for word in words:
        assert word in line
    return line


def test_bytes_that_are_no_model() -> None:
    whole = model(node("Add", "x w", "y"), stored=(tensor("w", [2, 3], bytes(24)),)).SerializeToString()
    refused(b"", "empty")
    refused(b"\x89PNG\r\n\x1a\n" + bytes(100), "not ONNX")
    refused(b"hello, this is a text", "not ONNX")
    for length in range(
        1, len(whole) - 1, 7
    ):  # a message may be cut where a field ends: then something else is lacking
        refused(whole[:length])


@pytest.mark.parametrize("kind", ["folder", "missing", "pipe", "device"])
def test_paths_that_are_no_files(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model.onnx"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    with pytest.raises(DataError, match=r"cannot be read|not a plain file"):
        read_model(path)


def changed(change: Callable[[ModelProto], Any]) -> ModelProto:
    proto = model(node("Relu", "x", "a"), node("Relu", "a", "y"))
    change(proto)
    return proto


def _text(proto: ModelProto) -> bytes:
    return proto.SerializeToString().replace(b"Relu", b"\xff\xfe\xfd\xfc")


UNSOUND: dict[str, tuple[ModelProto | bytes, tuple[str, ...]]] = {
    "no graph": (ModelProto(ir_version=8), ("no graph",)),
    "no outputs": (changed(lambda p: p.graph.ClearField("output")), ("no outputs",)),
    "cycle": (model(node("Relu", "b", "a"), node("Relu", "a", "b"), node("Relu", "x", "y")), ("cycle", "node")),
    "own output": (model(node("Add", "x y", "y")), ("cycle", "node y")),
    "dangling": (model(node("Add", "x nowhere", "y")), ("'nowhere'", "nothing gives", "node y")),
    "output of nothing": (model(node("Relu", "x", "z")), ("output 'y'",)),
    "undeclared input": (changed(lambda p: p.graph.ClearField("input")), ("'x'", "nothing gives")),
    "given twice": (model(node("Relu", "x", "y"), node("Abs", "x", "y")), ("'y'", "node y")),
    "gives an input": (model(node("Relu", "x", "x"), node("Relu", "x", "y")), ("'x'",)),
    "stored twice": (model(stored=(tensor("w", [1], bytes(4)),) * 2), ("'w'", "stored twice")),
    "input twice": (changed(lambda p: p.graph.input.append(p.graph.input[0])), ("'x'", "input twice")),
    "attribute twice": (
        changed(lambda p: p.graph.node[0].attribute.extend([helper.make_attribute("a", 1)] * 2)),
        ("'a'", "attribute twice"),
    ),
    "no node outputs": (changed(lambda p: p.graph.node[0].ClearField("output")), ("without outputs", "node 0")),
    "no operator": (changed(lambda p: p.graph.node[0].ClearField("op_type")), ("no operator", "node 0")),
    "no UTF-8": (_text(model()), ("UTF-8", "node 0")),
    "unknown operator": (model(node("Blend", "x", "y")), ("Blend", "node y")),
    "unknown domain": (
        changed(lambda p: setattr(p.graph.node[0], "domain", "com.example")),
        ("com.example.Relu", "unknown"),
    ),
    "opset too new": (model(opset=99), ("version 99", "28")),
    "opset of none": (model(opset=0), ("version 0",)),
    "opset negative": (model(opset=-5), ("version -5",)),
    "no opset": (changed(lambda p: p.ClearField("opset_import")), ("opset_import",)),
    "two opsets": (changed(lambda p: p.opset_import.append(helper.make_opsetid("ai.onnx", 17))), ("two versions",)),
    "element type": (
        changed(lambda p: setattr(p.graph.input[0].type.tensor_type, "elem_type", 255)),
        ("element type 255", "value x"),
    ),
    "missing attribute": (model(node("Concat", "x x", "y")), ("axis", "Concat")),
    "unknown attribute": (model(node("Relu", "x", "y", slope=1.0)), ("slope", "node y")),
    "attribute's type": (model(node("Concat", "x x", "y", axis="first")), ("axis", "STRING", "INT")),
    "too few inputs": (model(node("Add", "x", "y")), ("2 inputs, not 1", "node y")),
    "too many inputs": (model(node("Relu", "x x", "y")), ("1 inputs, not 2",)),
    "too many outputs": (model(node("Relu", "x", "y z")), ("1 outputs, not 2",)),
    "input left out": (model(node("Add", "- x", "y")), ("input A is left out",)),
    "reference outside a function": (
        changed(lambda p: p.graph.node[0].attribute.append(onnx.AttributeProto(name="a", type=1, ref_attr_name="b"))),
        ("attribute a", "function"),
    ),
}


@pytest.mark.parametrize("case", UNSOUND)
def test_unsound_graphs(case: str) -> None:
    proto, words = UNSOUND[case]
    refused(proto, *words)


STORED = {
    "terabytes": (tensor("w", [2**20, 2**20], bytes(4)), ("tensor w", "GiB")),
    "beyond 64 bits": (tensor("w", [2**62, 2**62, 2**62], b""), ("tensor w", "GiB")),
    "negative": (tensor("w", [-2, 3], bytes(24)), ("tensor w", "[-2, 3]")),
    "two negatives": (tensor("w", [-2, -3], bytes(24)), ("tensor w", "[-2, -3]")),
    "too few bytes": (tensor("w", [2, 3], bytes(20)), ("tensor w", "[2, 3]")),
    "too many bytes": (tensor("w", [2, 3], bytes(28)), ("tensor w", "[2, 3]")),
    "far too few bytes": (tensor("w", [1000, 3], bytes(20)), ("tensor w", "brings 20 bytes")),
    "no bytes": (tensor("w", [2, 3], b""), ("tensor w",)),
    "unknown type": (tensor("w", [2], bytes(8), kind=77), ("tensor w", "element type 77")),
    "no type": (tensor("w", [2], bytes(8), kind=0), ("tensor w", "element type 0")),
    "no UTF-8": (TensorProto(name="w", dims=[1], data_type=8, string_data=[b"\xff\xfe"]), ("tensor w", "UTF-8")),
    "texts lacking": (TensorProto(name="w", dims=[10**12], data_type=8, string_data=[b"a"]), ("tensor w", "brings 1")),
}


@pytest.mark.parametrize("case", STORED)
def test_stored_values_that_do_not_fit(case: str) -> None:
    stored, words = STORED[case]
    refused(model(node("Add", "x w", "y"), stored=(stored,)), *words)


def test_a_constant_claims_as_little_as_an_initializer_may() -> None:
    constant = helper.make_node("Constant", [], ["w"], value=tensor("", [2**20, 2**20], bytes(4)))
    refused(model(constant, node("Add", "x w", "y")), "GiB")


@pytest.mark.parametrize(
    ("dims", "indices", "places"),
    [([2**40, 2**40], [0, 1], [2]), ([2, 3], [0, 6], [2]), ([2, 3], [-1, 0], [2]), ([2, 3], [0, 0, 5, 0], [2, 2])],
    ids=["terabytes", "beyond", "negative", "beyond one axis"],
)
def test_sparse_values_outside_their_shape(dims: list[int], indices: list[int], places: list[int]) -> None:
    values = helper.make_tensor("w", FLOAT, [2], [1.0, 2.0])
    sparse = helper.make_sparse_tensor(values, helper.make_tensor("", TensorProto.INT64, places, indices), dims)
    proto = model(node("Add", "x w", "y"))
    proto.graph.sparse_initializer.append(sparse)
    refused(proto, "tensor w")


def test_values_of_all_tensors_together_are_bound() -> None:
    stored = tuple(tensor(f"w{n}", [1000], bytes(4000)) for n in range(10))
    with limited(memory=30_000):
        refused(model(stored=stored), "tensor w7", "NNLAB_ONNX_MEMORY_GIB")
    model_of(model(stored=stored).SerializeToString())


def test_graphs_deep_inside_each_other() -> None:
    proto = model()
    graph = proto.graph
    for _ in range(40):  # deeper than a file can be; a model that was made in memory can
        branch = graph.node.add(op_type="If", input=["c"], output=["z"])
        graph = branch.attribute.add(name="then_branch", type=onnx.AttributeProto.GRAPH).g
        graph.node.add(op_type="Relu", input=["x"], output=["a"])
    with pytest.raises(DataError, match="deep"):
        prepare(proto)
    with pytest.raises(DataError, match=r"not ONNX|deep"):
        model_of(proto.SerializeToString())


def test_names_cannot_break_the_line_or_speak_to_the_terminal() -> None:
    line = refused(model(node("Relu", "x", "y"), node("Relu", "x", "y", name="a\n\x1b[2Jb\u2028c")), "\\x1b[2Jb")
    assert "\x1b" not in line
    assert len(refused(model(node("B" * 5000, "x", "y")))) < 1200


def functions(calls: list[tuple[str, list[str]]]) -> ModelProto:
    """A model that calls function f0; each function calls the ones listed."""
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    made = []
    for name, called in calls:
        names = ["a", *(f"v{n}" for n in range(len(called) - 1)), *(["b"] if called else [])]
        steps = zip(called, pairwise(names), strict=True)
        body = [helper.make_node(f, [i], [o], domain="own") for f, (i, o) in steps]
        made.append(helper.make_function("own", name, ["a"], ["b"], body or [node("Relu", "a", "b")], opsets))
    proto = model(helper.make_node("f0", ["x"], ["y"], domain="own"), functions=made)
    proto.opset_import.append(opsets[1])
    return proto


def test_functions_that_call_themselves_or_grow() -> None:
    refused(functions([("f0", ["f1"]), ("f1", ["f0"])]), "calls itself")
    refused(functions([("f0", ["f0"])]), "calls itself")
    refused(functions([*((f"f{n}", [f"f{n + 1}"] * 2) for n in range(40)), ("f40", [])]), "grow into")
    refused(functions([("f0", []), ("f0", [])]), "two functions")
    NumpyModel(model_of(functions([("f0", ["f1", "f1"]), ("f1", [])]).SerializeToString()))


def test_many_nodes_are_planned_in_time() -> None:
    nodes = [node("Relu", "x" if n == 0 else f"v{n}", f"v{n + 1}") for n in range(5000)]
    nodes.reverse()  # to be sorted; the time grows with the number of nodes, not with its square
    assert len(NumpyModel(model_of(model(*nodes, node("Relu", "v5000", "y")).SerializeToString())).plan.steps) == 5001


def test_reading_runs_no_code_of_the_file(tmp_path: Path) -> None:
    """Pickled objects and Python's own names in texts stay texts."""
    target = tmp_path / "made"
    pickled = b"cos\nsystem\n(S'touch " + str(target).encode() + b"'\ntR."
    proto = model(
        node("Add", "x w", "y"), stored=(TensorProto(name="w", dims=[1], data_type=8, string_data=[pickled]),)
    )
    with pytest.raises(DataError):
        NumpyModel(model_of(proto.SerializeToString())).run({"x": np.ones((2, 3), np.float32)})
    assert not target.exists()


def test_mutated_models_are_answered(repository: Path) -> None:
    """150 of them, always the same, in a process with bounds; mutated_models.py alone runs for as long as one likes."""
    script = repository / "tests" / "campaigns" / "mutated_models.py"
    command = [sys.executable, str(script), "--count=150", "--seed=7", "--small"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "150 models" in done.stdout
    assert "'ran" in done.stdout  # not everything was refused
