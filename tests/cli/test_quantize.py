"""`nnlab quantize` as users type it: a run, a file, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from nnlab.cli.main import main
from nnlab.metrics.significance import mcnemar
from nnlab.tracking.run import read_run

SMALL = ("--dataset=blobs", "--resize=12,12", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off")
CNN = ("--model=SmallCnn", "--widths=4,6", "--max-minibatch-size=12", "--epochs=2")

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a user stands: a run of a small network, its file, its data, and data of other classes."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        assert main(["train", f"--datasets-path={blobs}", *SMALL, *CNN]) == 0
        assert main(["export", "runs/latest", "--output=net.onnx", "--quiet"]) == 0
    (home / "datasets" / "other").mkdir(parents=True)
    (home / "datasets" / "blobs").symlink_to(blobs / "blobs")
    (home / "datasets" / "other" / "red").symlink_to(blobs / "blobs" / "red")
    (home / "datasets" / "other" / "purple").symlink_to(blobs / "blobs" / "blue")
    return home


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(home)

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(args))
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def stored(path: Path) -> dict[str, Any]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}


def test_a_run_is_written_with_the_codes_that_export_gives(call: Call) -> None:
    """Two ways to the same: rounding on the network, and on the file."""
    folder = read_run("runs/latest").folder
    code, out, err = call("quantize", "runs/latest", "--calibration=1000", "--threads=1", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["schema_version"] == 1 and Path(found["path"]) == folder / "int8.onnx"
    assert found["method"] == "minmax" and found["calibration_from"] == "the training partition of blobs"
    assert call("export", "runs/latest", "--quantize=int8", "--calibration=1000", "--output=other.onnx")[0] == 0
    ours, theirs = stored(folder / "int8.onnx"), stored(Path("other.onnx"))
    for name in ("conv_1.weight/codes", "conv_2.weight/codes"):
        assert np.abs(ours[name].astype(int) - theirs[name].astype(int)).max() <= 1  # folded in another order
    scales = {name.removesuffix("/scale"): value for name, value in ours.items() if name.endswith("_int8/scale")}
    assert scales["input_int8"] == pytest.approx(theirs["input_int8/scale"], rel=1e-6)
    others = [float(value) for name, value in theirs.items() if name.endswith("_int8/scale")]
    assert sorted(map(float, scales.values())) == pytest.approx(sorted(others), rel=1e-4)  # the last digits of sums
    assert found["bytes"]["int8"] < found["bytes"]["float"] and {"numpy"} <= found["engines"].keys()
    test = found["test_accuracy"]
    assert (
        test["samples"] == read_run(folder).summary["test"]["samples"]
        and test["chance"] == read_run(folder).summary["test"]["chance"]
    )
    assert found["won"] - found["lost"] == round((test["int8"] - test["float"]) * test["samples"])
    assert found["mcnemar_p"] == mcnemar(found["lost"], found["won"], test["samples"]).p
    worst = [row["whole_db"] or row["db"] for row in found["damage"]]
    assert worst[0] == min(min(row["db"], row["whole_db"] or row["db"]) for row in found["damage"])
    assert read_run(folder).openings[-2]["command"] == "nnlab quantize runs/latest"


def test_a_file_is_quantised_by_the_pictures_that_are_named(call: Call) -> None:
    data = "--data=datasets/blobs"
    for method in ("entropy", "percentile"):
        code, out, err = call(
            "quantize", "net.onnx", data, "--threads=1", f"--method={method}", "--per-tensor", "--all"
        )
        assert code == 0 and "may miss what others show" in err, err
        assert out.startswith("net-int8.onnx\n") and f"weights int8 per tensor, values uint8; ranges by {method}" in out
        assert "test pictures" in out and "damage in dB" in out and "value input" in out
    assert stored(Path("net-int8.onnx"))["conv_1.weight/scale"].shape == ()
    code, _, err = call("quantize", "net-int8.onnx", data)
    assert code == 2 and "net-int8.onnx: is quantised already" in err and len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("runs/latest", "--calibrate-on=dev"), 2, "--calibrate-on=dev: the file would know what it is judged by"),
        (("runs/latest", "--calibrate-on=test"), 2, "--calibrate-on=test: the file would know"),
        (("runs/latest", "--calibration=0"), 2, "--calibration"),
        (("runs/latest", "--method=minimax"), 2, "minimax"),
        (("runs/latest", "--data=blobs"), 2, "--data: a run has its own pictures"),
        (("runs/latest", "--mean=0", "--std=1"), 2, "--mean --std: a run has its own pictures"),
        (("net.onnx",), 2, "net.onnx: a file says nothing of the pictures"),
        (("net.onnx", "--data=gone"), 5, "gone"),
        (("gone.onnx", "--data=blobs"), 5, "gone.onnx: there is no such file"),
        (("net.onnx", "--data=other"), 2, "--data=other: has purple, which the file does not know: it knows blue"),
        (("net.onnx", "--data=blobs", "--output=net.onnx"), 2, "--output=net.onnx: is the file that is quantised"),
        (("runs/gone",), 5, "runs/gone"),
    ],
)
def test_what_cannot_be_is_said(call: Call, words: tuple[str, ...], code: int, said: str) -> None:
    found, out, err = call("quantize", *words)
    assert found == code and said in err and out == "", err


def test_a_run_that_rounds_already_is_refused(call: Call, blobs: Path) -> None:
    code, _, err = call("train", f"--datasets-path={blobs}", *SMALL, *CNN, "--quantize=int8")
    assert code == 0, err
    code, _, err = call("quantize", "runs/latest")
    assert code == 2 and "was trained with --quantize=int8, so it is quantised already" in err
