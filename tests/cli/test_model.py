"""`nnlab model show`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from onnx import parser

from nnlab.cli.main import main

Show = Callable[..., tuple[int, str, str]]


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    def run(*args: str) -> tuple[int, str, str]:
        code = main(["model", "show", *args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def document(show: Show, *args: str) -> list[dict[str, Any]]:
    code, out, err = show("--json", *args)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["schema_version"] == 1
    models: list[dict[str, Any]] = found["models"]
    return models


def test_a_table_and_its_totals(show: Show) -> None:
    code, out, err = show("--model=NLayers", "--layers=20", "--resize=8,6", "--classes=4", "--batch=32")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "NLayers on 144, 4 classes"
    assert lines[4].split() == ["dense_1", "Dense(units=20,", "bias=False)", "20", "2,880", "2,880", "80", "B", "all"]
    assert "parameters: 3,008 and 48 running statistics, 3,056 in all (12.2 kB in float32)" in lines
    assert "multiply-adds: 2,960 a sample" in lines
    assert "a step with 32 samples holds at least" in lines[-1]


def test_json_of_two_networks(show: Show) -> None:
    few, many = document(show, "--resize=4", "--classes=3", "-e", "--resize=4", "--classes=30", "--batch=7")
    assert (few["outputs"], many["outputs"]) == (3, 30)
    assert few["totals"]["parameters"] == 48 * 3 + 3 and many["totals"]["parameters"] == 48 * 30 + 30
    assert few["layers"] == [
        {
            "name": "output",
            "kind": "Dense",
            "options": {"units": 3, "bias": True, "initializer": "GlorotNormal"},
            "inputs": ["input"],
            "output": [3],
            "parameters": 147,
            "statistics": 0,
            "multiply_adds": 144,
            "activation_bytes": 12,
            "receptive_field": None,
        }
    ]
    assert set(few["totals"]) == {
        "parameters", "statistics", "both", "multiply_adds", "activation_bytes", "float32_bytes",
        "batch", "training_bytes", "torchinfo_bytes",
    }  # fmt: skip
    assert many["totals"]["batch"] == 7


def test_numbers_instead_of_classes(show: Show) -> None:
    (found,) = document(show, "--task=Regression", "--resize=2", "--grayscale")
    assert (found["task"], found["outputs"], found["input"]) == ("Regression", 1, [4])


def test_a_dataset_says_its_classes_and_its_size(show: Show) -> None:
    (found,) = document(show, "--dataset=colors", "--resize=5,4", "--no-flatten")
    assert (found["outputs"], found["input"]) == (3, [4, 5, 3])


def test_a_run_says_its_network(show: Show, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["--dataset=colors", "--resize=6", "--epochs=1", "--no-display-graphs", f"--runs-dir={tmp_path}", "--quiet"]
    assert main(["train", *args]) == 0
    capsys.readouterr()
    (found,) = document(show, f"--run={tmp_path / 'latest'}")
    assert (found["outputs"], found["totals"]["parameters"]) == (3, 108 * 3 + 3)
    code, _, err = show(f"--run={tmp_path / 'latest'}", "--resize=9")
    assert code == 2 and "leave out --resize" in err


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["--classes=0"], 2, "--classes: must be a whole number from 1 to 1000000, got '0'"),
        (["--batch=many"], 2, "--batch: must be a whole number"),
        (["net.onnx"], 2, "type nnlab onnx show net.onnx --verbose"),
        (["--dataset=colors", "--classes=3"], 2, "the dataset says how many there are"),
        (["--model=NLayer"], 2, "did you mean NLayers"),
        (["--resize=0"], 2, "must be at least 1"),
        (["--run=nowhere"], 5, "nowhere"),
    ],
)
def test_what_is_wrong_is_one_line(show: Show, args: list[str], code: int, says: str) -> None:
    found, out, err = show(*args)
    assert (found, out) == (code, "") and says in err and len(err.splitlines()) == 1


def test_the_products_of_an_onnx_file_are_counted(show: Show, tmp_path: Path) -> None:
    text = """<ir_version: 8, opset_import: ["": 17]> net (float[N, 3, 6, 6] x) => (float[N, 4] y)
              <float[4, 3, 3, 3] w = {WEIGHTS}> {c = Conv <pads = [1, 1, 1, 1]> (x, w) g = GlobalAveragePool (c)
              f = Flatten (g) y = Softmax (f)}"""
    weights = ", ".join(str(round(0.01 * i, 2)) for i in range(108))
    path = tmp_path / "net.onnx"
    path.write_bytes(parser.parse_model(text.replace("WEIGHTS", weights)).SerializeToString())
    (found,) = document(show, "--model=Onnx", f"--onnx-model={path}", "--resize=6", "--classes=4")
    assert found["totals"]["multiply_adds"] == 6 * 6 * 4 * 27
    assert found["totals"]["parameters"] == 108


def test_an_image_that_is_too_small_is_told_what_to_type(show: Show) -> None:
    code, _, err = show("--model=SmallCnn", "--resize=7,9")
    assert code == 2 and err.startswith("nnlab: error: node 'pool_3': ")
    assert err.endswith("; use a larger --resize than 7,9, or another model\n")


def test_where_datasets_are_is_no_dataset(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_DATASETS_PATH", "elsewhere")
    code, out, _ = show("--model=SmallCnn", "--resize=16,16", "--classes=3")
    assert code == 0 and "Dense(units=3)" in out


def test_a_command_to_train_is_taken_as_it_is(show: Show) -> None:
    (found,) = document(show, "--model=NLayers", "--optimizer=Momentum", "--epochs=3", "--learning-rate=0.1")
    assert found["model"] == "NLayers"


def test_at_other_sizes_it_is_the_same_network_or_says_which_layer_is_of_one(show) -> None:
    unet = ("--model=UNet", "--base=2", "--depth=2", "--task=Segmentation", "--resize=20", "--classes=3", "--any-size")
    code, out, _ = show(*unet)
    assert (code, out.splitlines()[-3:]) == (
        0,
        [f"of {side} x {side} x 3: output {side} x {side} x 3" for side in (10, 20, 40)],
    )
    code, out, _ = show(*unet, "--padding=valid", "--no-batch-norm", "--grayscale")
    lines = out.splitlines()[-3:]
    assert lines[0].startswith("of 10 x 10 x 1: UNet.padding: images of 10 rows do not come out")
    assert lines[1:] == ["of 20 x 20 x 1: output 4 x 4 x 3", "of 40 x 40 x 1: output 24 x 24 x 3"]
    (found,) = document(show, *unet)
    assert found["sizes"][2] == {"shape": [40, 40, 3], "given": {"output": [40, 40, 3]}, "problem": None}
    code, _, err = show("--model=SmallCnn", "--resize=32", "--no-global-pooling", "--any-size")
    assert code == 2 and "Dense has a weight of" in err and "for pictures of 16 x 16" in err
    code, _, err = show("--model=NLayers", "--resize=8", "--any-size")
    assert code == 2 and "--any-size: takes rows of values" in err
