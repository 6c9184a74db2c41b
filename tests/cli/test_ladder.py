"""`nnlab ladder` as users type it: whole, on a run and on a file; gone on with; what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from nnlab.cli.main import main
from nnlab.onnx.rungs import ort_rungs
from nnlab.onnx.rungs.base import Files, Ready
from nnlab.tracking.run import read_run
from tests.labs.here import Here

SMALL = ("--dataset=blobs", "--resize=12,12", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off")
CNN = ("--model=SmallCnn", "--widths=4,6", "--max-minibatch-size=12", "--epochs=2")
QUICK = ("--calls=4", "--seconds=0", "--processes=2", "--batch=1,3", "--warm-up=0", "--quiet")

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a user stands: a run of a small network, its file, its data."""
    pytest.importorskip("onnxruntime", reason="what rungs are held against is onnxruntime's")
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        assert main(["train", f"--datasets-path={blobs}", *SMALL, *CNN]) == 0
        assert main(["export", "runs/latest", "--output=net.onnx", "--quiet"]) == 0
    (home / "datasets").mkdir()
    (home / "datasets" / "blobs").symlink_to(blobs / "blobs")
    return home


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Cells run in this process, and call no more often than they are asked to."""
    monkeypatch.chdir(home)
    monkeypatch.setattr("nnlab.labs.engine.Local", Here)
    monkeypatch.setattr("nnlab.labs.ladder.timing.SETTLED", 1e9)
    monkeypatch.setattr("nnlab.labs.ladder.timing.TEN", 1)
    monkeypatch.setattr("nnlab.labs.kinds.ladder_whole.PICTURES", 3)
    monkeypatch.setattr("nnlab.labs.kinds.ladder_calls.BATCH_SECONDS", 0.0)

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(args))
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def by_rung(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["rung"]: row for row in document["rows"]}


def folders(home: Path) -> list[Path]:
    return sorted((home / "runs").glob("*-ladder-*"))


def test_a_run_is_climbed_and_leaves_a_folder_that_is_gone_on_with(call: Call, home: Path) -> None:
    rungs = "--rungs=onnxruntime-basic,onnxruntime-all,int8-u8s8,int8-dynamic,numpy-fused,graph-softmax,cuda"
    code, out, err = call("ladder", "runs/latest", rungs, *QUICK, "--calibration=25", "--max-drop=100", "--json")
    assert code == 0, err
    found = json.loads(out)
    rows = by_rung(found)
    assert next(iter(rows)) == found["reference"] == "onnxruntime-off" and rows["cuda"]["status"] == "skipped"
    own = [row for name, row in rows.items() if name not in {"cuda"} and row["status"] == "ok"]
    assert {"onnxruntime-off", "onnxruntime-all", "numpy-fused"} <= {row["rung"] for row in own}
    test = read_run("runs/latest").summary["test"]
    for row in own:
        assert row["calls"] >= 4 and row["ms"]["p50"] <= row["ms"]["p90"] <= row["ms"]["p99"]
        assert 0 <= row["disturbed"] <= 1 and row["file_bytes"] > 0 and row["first_ms"] > 0
        assert row["parity"]["samples"] == test["samples"] and row["pictures_per_s"].keys() == {"1", "3"}
        assert row["whole_ms"]["p50"] > row["ms"]["p50"] * 0.1
    assert (
        rows["onnxruntime-off"]["figure"] == test["accuracy"] and rows["onnxruntime-off"]["to_reference"]["median"] == 1
    )
    assert rows["graph-softmax"]["reason"] == "the file ends in no softmax that could be removed"
    assert rows["numpy-fused"]["parity"]["relative"] < 1e-4 and rows["numpy-fused"]["lost"] == 0
    assert rows["onnxruntime-basic"]["changed"]["BatchNormalization"] == [2, 0]
    low, high = found["says_nothing_between"]
    assert low <= 1 <= high
    (folder,) = folders(home)
    assert {path.name for path in folder.iterdir()} >= {
        "config.toml", "environment.json", "rows.jsonl", "ladder.json", "report.html", "figures", "files",
    }  # fmt: skip
    assert json.loads((folder / "ladder.json").read_text())["rows"] == found["rows"]
    page = (folder / "report.html").read_text()
    assert "numpy-fused" in page and "What changed in the graph" in page
    before = (folder / "rows.jsonl").read_text()
    code, out, err = call("ladder", f"--resume={folder}", "--quiet", "--json")
    assert code == 0, err
    assert by_rung(json.loads(out)).keys() == rows.keys() and (folder / "rows.jsonl").read_text().startswith(before)
    again = [json.loads(line)["cell"] for line in (folder / "rows.jsonl").read_text().splitlines()]
    assert again.count("onnxruntime-off") == 1 and again.count("calls") == 2
    code, _, err = call("ladder", f"--resume={folder}", "--threads=2")
    assert code == 2 and "is of another plan: ladder.call_threads is 1 there, and 2 here" in err
    code, _, err = call("ladder", "runs/latest", "--rungs=cuda", *QUICK, "--require=cuda")
    assert code == 6, err


def test_a_file_is_climbed_and_shows_what_went(call: Call) -> None:
    rungs = "--rungs=graph-transposes,graph-batch-norm"
    code, out, err = call("ladder", "net.onnx", "--data=datasets/blobs", rungs, *QUICK, "--show-graph", "--processes=1")
    assert code == 0, err
    assert "graph-batch-norm: " in out and "BatchNormalization" in out and "p50 ms" in out
    assert "  Transpose " in out and "The reference called once more took" in out


def test_a_rung_that_gives_something_else_has_no_speed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(files: Files) -> Ready:
        made = ort_rungs.REFERENCE.open(files)
        return Ready(lambda x: [np.asarray(y) + np.float32(0.01) for y in made.run(x)], made.file)

    rung = next(rung for rung in ort_rungs.RUNGS if rung.name == "onnxruntime-all")
    object.__setattr__(rung, "open", wrong)
    try:
        code, out, err = call("ladder", "runs/latest", "--rungs=onnxruntime-all", *QUICK, "--json")
    finally:
        object.__setattr__(rung, "open", ort_rungs._at("all"))
    assert code == 0, err
    row = by_rung(json.loads(out))["onnxruntime-all"]
    assert row["status"] == "failed parity" and "0.0001 is allowed" in row["reason"]
    assert row["ms"] is None and row["to_reference"] is None and row["pictures_per_s"] == {} and row["whole_ms"] is None


def test_a_model_that_is_no_classifier_is_timed_without_accuracy(call: Call, home: Path) -> None:
    given = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["n", 3, 12, 12])
    out = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", 3, 12, 12]) for name in ("y", "z")]
    nodes = [onnx.helper.make_node("Relu", ["x"], ["y"]), onnx.helper.make_node("Neg", ["y"], ["z"])]
    proto = onnx.helper.make_model(
        onnx.helper.make_graph(nodes, "two", [given], out),
        opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8,
    )  # fmt: skip
    onnx.save(proto, home / "two.onnx")
    code, said, err = call("ladder", "two.onnx", "--data=datasets/blobs", "--rungs=numpy-columns,int8-u8s8", *QUICK)
    assert code == 0, err
    assert "Accuracy is not known: " in said and "int8-u8s8: skipped: " in said and "nothing to quantise" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "nnlab ladder: no RUN and no FILE is named"),
        (("runs/gone",), 5, "gone"),
        (("gone.onnx", "--data=blobs"), 5, "gone.onnx: there is no such file"),
        (("net.onnx",), 2, "net.onnx: a file says nothing of the pictures"),
        (
            ("runs/latest", "--rungs=onnxruntime-al"),
            2,
            "--rungs: unknown rung 'onnxruntime-al'; did you mean onnxruntime-all",
        ),
        (("runs/latest", "--rungs="), 2, "--rungs: names nothing"),
        (("runs/latest", "--rungs=numpy,numpy"), 2, "--rungs: names numpy twice"),
        (("runs/latest", "--rungs=numpy,-numpy"), 2, "--rungs: leaves no rung"),
        (("runs/latest", "--batch=0,x,2,2"), 2, "'0': whole numbers from 1 to 4096"),
        (("runs/latest", "--batch=0,x,2,2"), 2, "--batch: names 2 twice"),
        (("runs/latest", "--data=blobs", "--batch="), 2, "--data: a run has its own pictures"),
        (("runs/latest", "--processes=0"), 2, "--processes"),
        (("--resume=runs/latest",), 5, "is no folder of a lab"),
        (("runs/latest", "--resume=x", "--config=y"), 2, "--config: a ladder that goes on brings its own"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(
    call: Call, home: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    before = folders(home)
    found, out, err = call("ladder", *words)
    assert found == code and said in err and out == "", err
    assert folders(home) == before


def test_a_folder_of_another_lab_is_named(call: Call, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps({"schema_version": 1, "lab": "study-models", "cells": []}))
    code, _, err = call("ladder", f"--resume={tmp_path}")
    assert code == 2 and f"is a folder of study-models; type: nnlab study models --resume={tmp_path}" in err


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ('calls = "x"', "calls must be a whole number, got x"),
        ("processes = 0", "processes must be 1 or more, got 0"),
        ("seconds = true", "seconds must be a number, got True"),
        ("max_drop = 2.0", "max_drop must be from 0 to 1, got 2.0"),
        ("rungs = 3", "rungs must be a list, got 3"),
        ("run = 3", "run must be text, got 3"),
    ],
)
def test_a_configuration_is_held_to_what_flags_take(call: Call, home: Path, said: str, wrong: str) -> None:
    (home / "own.toml").write_text(f"[ladder]\n{said}\n")
    code, out, err = call("ladder", "runs/latest", "--config=own.toml")
    assert code == 2 and f"own.toml: {wrong}" in err and out == "", err


def test_a_plan_is_told_without_a_folder(call: Call, home: Path) -> None:
    before = folders(home)
    code, out, err = call("ladder", "runs/latest", "--rungs=onnxruntime-all,numpy-fused", *QUICK, "--dry-run")
    assert code == 0, err
    assert "onnxruntime-off" in out and "numpy-fused" in out and "about " in out and folders(home) == before
