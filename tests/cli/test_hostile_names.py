"""Names of files, classes and tensors that hold control characters, line ends and formulas: they stay names."""

import csv
import io
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from nnlab.cli.main import main

FORGED = "x\nnnlab: error: all is lost\x1b[2J\u202e"
SHOWN = "x\\nnnlab: error: all is lost\\x1b[2J\\u202e"


def clean(text: str) -> None:
    """Nothing that speaks to a terminal, and no line that a name has begun."""
    assert all(letter == "\n" or letter.isprintable() for letter in text), ascii(text)
    assert not any(line.startswith("nnlab: error: all is lost") for line in text.splitlines())


@pytest.fixture
def hostile(blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The datasets folder of a set whose classes are a forged error and a formula; the working folder is beside it."""
    folder = tmp_path / "sets" / "hostile"
    shutil.copytree(blobs / "blobs" / "red", folder / FORGED)
    shutil.copytree(blobs / "blobs" / "blue", folder / "=1+1;@x")
    (folder / FORGED / "red-00.png").rename(folder / FORGED / f"{FORGED}.png")
    monkeypatch.chdir(tmp_path)
    return folder.parent


def test_training_and_infer_show_them_as_names(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = [f"--datasets-path={hostile}", "--dataset=hostile", "--resize=8,8", "--epochs=1"]
    assert main(["train", *flags, "-v"]) == 0
    assert main(["train", *flags, "--dry-run"]) == 0
    assert main(["infer", "--run=runs/latest", str(hostile / "hostile")]) == 0
    captured = capsys.readouterr()
    clean(captured.out)
    clean(captured.err)
    assert SHOWN in captured.out
    assert main(["infer", "--run=runs/latest", str(hostile / "hostile"), "--csv"]) == 0
    text = capsys.readouterr().out
    clean(text)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 24 and {row["label"] for row in rows} <= {SHOWN, "'=1+1;@x"}
    clean((hostile.parent / "runs" / "latest" / "log.txt").read_text())


def test_a_bad_picture_is_one_line(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = hostile / "hostile" / FORGED / "bad\r\x1b[1A.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    flags = [f"--datasets-path={hostile}", "--dataset=hostile", "--resize=8,8", "--epochs=1"]
    assert main(["train", *flags]) == 5
    lines = capsys.readouterr().err.splitlines()
    clean("\n".join(lines))
    assert sum(line.startswith("nnlab: error:") for line in lines) == 1
    assert main(["train", *flags, "--skip-bad-images"]) == 0
    clean("".join(capsys.readouterr()))
    assert main(["infer", "--run=runs/latest", str(bad)]) == 5
    clean("".join(capsys.readouterr()))


def test_the_name_of_a_chunk_is_escaped(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = hostile / "hostile" / "=1+1;@x" / "blue-00.png"
    sound = picture.read_bytes()
    at = sound.index(b"IDAT") - 4
    picture.write_bytes(sound[:at] + b"\0\0\0\1A\n\x1b[x\0\0\0\0" + sound[at:])
    assert main(["infer", "--onnx-model=none", str(picture)]) != 0
    assert main(["train", f"--datasets-path={hostile}", "--dataset=hostile", "--epochs=1"]) == 5
    said = capsys.readouterr().err
    clean(said)
    assert [line[:13] for line in said.splitlines()] == ["nnlab: error:"] * 2


@pytest.mark.parametrize(
    "words",
    [
        ["train", f"--dataset={FORGED}"],
        ["train", f"--model={FORGED}"],
        ["train", f"--exp-id={FORGED}"],
        ["train", f"--{FORGED}=1"],
        ["infer", "--run=no", f"{FORGED}.png"],
        ["infer", f"--run={FORGED}", "a.png"],
        ["export", FORGED],
        ["onnx", "show", f"{FORGED}.onnx"],
        ["models", "fetch", FORGED],
        ["data", "make", FORGED],
        [FORGED],
    ],
)
def test_what_is_typed_comes_back_in_one_line(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) != 0
    said = capsys.readouterr().err
    clean(said)
    assert sum(line.startswith("nnlab: error:") for line in said.splitlines()) == 1


def test_a_network_with_hostile_names_is_shown_and_read(
    tmp_path: Path, blobs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    weight = numpy_helper.from_array(np.ones((12 * 12 * 3, 3), np.float32), f"w{FORGED}")
    nodes = [
        helper.make_node("Flatten", [f"in{FORGED}"], [f"flat{FORGED}"], name=f"flat{FORGED}"),
        helper.make_node("MatMul", [f"flat{FORGED}", weight.name], [f"out{FORGED}"], name=f"product{FORGED}"),
    ]
    graph = helper.make_graph(
        nodes,
        f"graph{FORGED}",
        [helper.make_tensor_value_info(f"in{FORGED}", TensorProto.FLOAT, [1, 3, 12, 12])],
        [helper.make_tensor_value_info(f"out{FORGED}", TensorProto.FLOAT, [1, 3])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name=FORGED)
    helper.set_model_props(model, {FORGED: FORGED})
    onnx.save(model, tmp_path / "hostile.onnx")
    for words in (
        ["onnx", "show", "hostile.onnx", "--verbose"],
        ["onnx", "verify", "hostile.onnx"],
        ["onnx", "diff", "hostile.onnx", "--verbose"],
        ["infer", "--onnx-model=hostile.onnx", str(blobs / "blobs" / "red" / "red-01.png")],
    ):
        assert main(words) == 0, words
        captured = capsys.readouterr()
        clean(captured.out)
        clean(captured.err)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
@pytest.mark.parametrize("flags", [["--dataset"], ["--runs-dir"]])
@pytest.mark.parametrize("command", ["train", "compare", "bench"])
def test_paths_that_a_configuration_cannot_name_are_refused_before_any_work(
    command: str, flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "ph\udcff"
    for name in ("cat", "dog"):
        (odd / name).mkdir(parents=True)
        (odd / name / "1.png").touch()
    assert main([command, flags[0], str(odd), "--dry-run"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "ph\\xff: has bytes that are no UTF-8, which a run's config.toml cannot name; rename the folder" in line
