"""A run of an imported network needs nothing outside its folder, whatever becomes of the file it was read from."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from nnlab.cli.main import main
from nnlab.tracking.run import Run, read_run

SMALL = ("--dataset=blobs", "--resize=12,12", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off",
         "--optimizer=Constant", "--learning-rate=0.02")  # fmt: skip

Call = Callable[..., str]


def write(path: Path, bend: str) -> None:
    """Gemm -> bend -> Gemm for blobs: another `bend` is another network of the same names and shapes."""
    generator = np.random.default_rng(0)
    values = {"w1": generator.standard_normal((432, 5)) * 0.1, "w2": generator.standard_normal((5, 3))}
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["x", "w1"], ["h"]),
            helper.make_node(bend, ["h"], ["a"]),
            helper.make_node("Gemm", ["a", "w2"], ["y"]),
        ],
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 432])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 3])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(model.SerializeToString())


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*args: str) -> str:
        capfd.readouterr()
        code = main(list(args))
        said = capfd.readouterr()
        assert code == 0, said.err
        return said.out

    return run


def trained(call: Call, blobs: Path, *args: str) -> Run:
    call("train", f"--datasets-path={blobs}", *SMALL, "--model=Onnx", *args)
    return read_run("runs/latest")


def said_of(call: Call, run: Run, blobs: Path) -> Any:
    said = json.loads(call("infer", f"--run={run.folder}", str(blobs / "blobs"), "--json"))["results"]
    assert len(said) == 36
    return [(one["source"], one["label"], one["probabilities"]) for one in said]


def gone(models: Path) -> None:
    shutil.rmtree(models)


def replaced(models: Path) -> None:
    write(models / "small.onnx", "Tanh")


@pytest.mark.parametrize("fate", [gone, replaced])
def test_what_becomes_of_the_file_changes_nothing(
    call: Call, blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fate: Callable[[Path], None]
) -> None:
    write(Path("models/small.onnx"), "Relu")
    whole = trained(call, blobs, "--onnx-model=small", "--epochs=4")
    half = trained(call, blobs, "--onnx-model=small", "--epochs=2")
    before = said_of(call, half, blobs)
    call("export", str(half.folder), "--output=before.onnx")
    fate(Path("models"))
    monkeypatch.chdir(tmp_path / "there")
    assert said_of(call, half, blobs) == before
    call("export", str(half.folder))
    assert onnx.load(half.folder / "model.onnx") == onnx.load(tmp_path / "here" / "before.onnx")
    for earlier, epochs in ((half, 3), (None, 4)):  # the resumed run keeps it too
        call("train", f"--resume={(earlier or read_run('runs/latest')).folder}", f"--epochs={epochs}", "--quiet")
    resumed = read_run("runs/latest")
    assert resumed.config["model"] == half.config["model"] == {
        "name": "Onnx", "onnx_model": "small", "models_path": "models", "new_head": False, "freeze": [],
    }  # fmt: skip
    ours, theirs = resumed.weights("last")[0], whole.weights("last")[0]
    assert {name: value.tobytes() for name, value in ours.items()} == {
        name: value.tobytes() for name, value in theirs.items()
    }
    assert said_of(call, resumed, blobs) == said_of(call, whole, blobs)


def test_the_default_stays_what_it_was_when_a_file_of_its_name_appears(call: Call, blobs: Path) -> None:
    run = trained(call, blobs, "--epochs=2")
    before = said_of(call, run, blobs)
    write(Path("models/one_layer.onnx"), "Relu")
    assert said_of(call, run, blobs) == before


def test_a_run_without_a_copy_reads_the_file_that_its_configuration_names(call: Call, blobs: Path) -> None:
    write(Path("models/small.onnx"), "Relu")
    run = trained(call, blobs, "--onnx-model=models/small.onnx", "--epochs=2")
    before = said_of(call, run, blobs)
    (run.folder / "imported.onnx").unlink()
    assert said_of(call, run, blobs) == before
    replaced(Path("models"))
    assert said_of(call, run, blobs) != before


def test_its_configuration_repeats_it_from_the_original(call: Call, blobs: Path) -> None:
    write(Path("models/small.onnx"), "Relu")
    run = trained(call, blobs, "--onnx-model=small", "--epochs=2")
    replaced(Path("models"))
    call("train", f"--config={run.folder / 'config.toml'}", "--quiet")
    again = read_run("runs/latest")
    assert again.folder != run.folder and again.config == run.config
    operators = [{node.op_type for node in onnx.load(r.folder / "imported.onnx").graph.node} for r in (run, again)]
    assert operators == [{"Gemm", "Relu"}, {"Gemm", "Tanh"}]
