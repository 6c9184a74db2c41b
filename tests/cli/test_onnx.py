"""`nnlab onnx show|verify|diff`: tables, documents, exit codes."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, parser

from nnlab.cli.main import main
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@dataclass(frozen=True, kw_only=True, eq=False)
class Faulty(Operator):
    """Tanh that is a hundredth off."""

    name: ClassVar[str] = "Tanh"

    def forward(self, x: Array) -> Array:
        return np.tanh(x) * np.asarray(1.01, x.dtype)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """y = tanh(|x|)"""
    nodes = [helper.make_node("Abs", ["x"], ["a"], name="first"), helper.make_node("Tanh", ["a"], ["y"], name="second")]
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 4]) for name in ("x", "y"))
    graph = helper.make_graph(nodes, "small", [x], [y])
    path = tmp_path / "small.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return str(path)


def test_show(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["onnx", "show", file, "-v"]) == 0
    said = capsys.readouterr().out
    assert "x  float32 (N, 4)" in said
    assert "Tanh" in said
    assert "(1, 4)" in said


def test_show_as_json(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["onnx", "show", file, "--json", "--size=x=7,4"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema_version"] == 1
    assert document["nodes"][1]["shapes"] == [[7, 4]]


def test_verify_passes(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["onnx", "verify", file, "--engine=numpy", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["passed"] is True
    assert {row["name"]: row["verdict"] for row in document["results"]}["numpy"] == "ok"


def test_verify_and_diff_exit_with_4_at_a_faulty_operator(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(OPERATORS._table, ("", "Tanh", 13), Faulty)
    assert main(["onnx", "verify", file, "--engine=numpy"]) == 4
    shown = capsys.readouterr()
    assert "differs" in shown.out
    assert len(shown.err.splitlines()) == 1
    assert main(["onnx", "diff", file, "--engines=numpy,reference"]) == 4
    assert "reference parts from numpy at node second (Tanh)" in capsys.readouterr().err
    assert main(["onnx", "diff", file, "--engines=numpy,reference", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["first_difference"]["node"] == "second"
    assert main(["onnx", "diff", file, "--engines=numpy,reference", "--bound=0.1"]) == 0


def test_inputs_from_a_file(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "given.npz", whatever=np.ones((2, 4), np.float32))
    assert main(["onnx", "diff", file, "--engines=numpy,reference", f"--input={tmp_path / 'given.npz'}"]) == 0
    np.savez(tmp_path / "wrong.npz", a=np.ones(2), b=np.ones(2))
    assert main(["onnx", "verify", file, f"--input={tmp_path / 'wrong.npz'}"]) == 5
    assert "has no array for the model's input 'x'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "{tmp}/none.onnx"], 5, "there is no such file"),
        (["verify", "{file}", "--engine=nunpy"], 2, "did you mean numpy"),
        (["diff", "{file}", "--engines=numpy"], 2, "are not two engines"),
        (["diff", "{file}", "--engines=numpy,nonsense"], 2, "no engine 'nonsense'"),
        (["show", "{file}", "--size=7,4"], 2, "is no shape"),
        (["verify", "{file}", "--bound=-1"], 2, "is no bound"),
        (["sohw", "{file}"], 2, "did you mean show"),
        (["verify", "{tmp}/text.onnx"], 5, "is not ONNX"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], code: int, said: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    assert main(["onnx", *(text.format(tmp=tmp_path, file=file) for text in arguments)]) == code
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


def test_axes_left_open_name_the_flag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]> g (float[N, 3, H, W] images) => (float[N, 3, A, B] y)
        { y = MaxPool <kernel_shape = [5, 5]> (images) }"""
    path = tmp_path / "open.onnx"
    path.write_bytes(parser.parse_model(text).SerializeToString())
    for command in (["verify", str(path)], ["verify", str(path), "--engine=numpy"], ["diff", str(path)]):
        assert main(["onnx", *command]) != 0
        assert "type --size=images=1,3,224,224" in capsys.readouterr().err.splitlines()[-1]
    assert main(["onnx", "verify", str(path), "--engine=numpy", "--size=images=1,3,8,8"]) == 0


def test_help_imports_neither_onnx_nor_torch() -> None:
    code = "import sys; from nnlab.cli.main import main; main(['onnx', 'diff', '--help']); "
    code += "sys.exit(bool({'onnx', 'torch', 'onnxruntime'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_file_that_crashes_shape_inference_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    node = helper.make_node("RegexFullMatch", ["x"], ["y"], pattern="a")
    graph = onnx.GraphProto(name="g", node=[node], input=[onnx.ValueInfoProto(name="x")])
    graph.output.append(helper.make_tensor_value_info("y", TensorProto.BOOL, None))
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    path = tmp_path / "odd.onnx"
    path.write_bytes(proto.SerializeToString())
    assert main(["onnx", "show", str(path)]) == 0
    said = capfd.readouterr()
    assert "RegexFullMatch" in said.out
    assert said.err == f"nnlab: warning: {path}: onnx's shape inference crashes on it (SIGSEGV)\n"
