"""`nnlab train FOLDER`: a newcomer's own photos."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main

SMALL = ("--model=OneLayer", "--resize=6,6", "--epochs=2", "--no-disk-cache", "--gradient-checks=off")


@pytest.fixture
def photos(blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """photos/ in the working folder: three classes of twelve images."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(blobs / "blobs", tmp_path / "photos")
    return tmp_path / "photos"


def summary() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("runs/latest/summary.json").read_text())
    return found


def config() -> dict[str, Any]:
    return tomllib.loads(Path("runs/latest/config.toml").read_text())


def weights() -> bytes:
    return Path("runs/latest/weights/last.safetensors").read_bytes()


@pytest.mark.parametrize(
    "args", [["photos"], ["--dataset=photos"], ["--dataset=./photos/"], ["--datasets-path=photos"]]
)
def test_a_folder_is_what_is_trained_on(photos: Path, args: list[str]) -> None:
    assert main(["train", *args, *SMALL]) == 0
    data = config()["data"]
    assert (data["datasets_path"], data["dataset"]) == (str(photos.parent), "photos")
    assert sum(summary()[part]["samples"] for part in ("training", "dev", "test")) == 36


def test_the_saved_configuration_and_resume_repeat_it_from_anywhere(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["train", "photos", *SMALL]) == 0
    run, before = Path("runs/latest").resolve(), weights()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["train", f"--config={run}/config.toml"]) == 0
    assert weights() == before
    assert main(["train", f"--resume={run}", "--epochs=3"]) == 0
    photos.rename(photos.with_name("moved"))
    (tmp_path / "new").mkdir()
    photos.with_name("moved").rename(tmp_path / "new" / "photos")
    assert main(["train", f"--resume={run}", "--epochs=3"]) == 5
    assert main(["train", f"--resume={run}", "--epochs=3", "../new/photos"]) == 0
    assert main(["train", f"--resume={run}", "--epochs=3", "--datasets-path=../new"]) == 0


def test_where_all_datasets_are_does_not_move_that_of_a_run(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("NNLAB_DATASETS_PATH", str(tmp_path / "elsewhere"))
    assert main(["train", "photos", *SMALL]) == 0
    assert main(["train", "--resume=latest", "--epochs=3"]) == 0
    assert config()["data"]["datasets_path"] == str(photos.parent)


def test_several_experiments_have_folders_of_their_own(photos: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(photos / "red", "two/a")
    shutil.copytree(photos / "blue", "two/b")
    assert main(["train", "photos", *SMALL, "-e", "two", *SMALL, "--json"]) == 0
    first, second = json.loads(capfd.readouterr().out)["experiments"]
    assert (first["training"]["samples"], second["training"]["samples"]) == (25, 17)


@pytest.mark.parametrize("command", ["compare", "bench"])
def test_other_commands_take_a_folder_too(photos: Path, capfd: pytest.CaptureFixture[str], command: str) -> None:
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    assert main([command, "photos", *SMALL, "--dry-run"]) == 0
    assert main([command, "--datasets-path=photos/red", *SMALL, "--dry-run"]) != 0
    assert "numbers: prepared" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["phots"], "did you mean photos"),
        (["./phots"], "did you mean photos"),
        (["--datasets-path=photos", "--dataset=grey"], "nnlab train photos"),
        (["photos/red"], "if it is a class of photos, type: nnlab train"),
        (
            ["."],
            "photos: its images lie in folders within it (blue, green, red); if each of them is a group that belongs "
            "together, add --group-by=folder; if it is itself a dataset, type: nnlab",
        ),
    ],
)
def test_a_folder_that_is_no_dataset_is_one_line(
    photos: Path, capfd: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    assert main(["train", *args, *SMALL]) == 5
    said = capfd.readouterr().err
    assert words in said and said.count("\n") == 1
    assert not Path("runs").exists() or not list(Path("runs").iterdir())


def test_folders_of_partitions_are_the_partitions(photos: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("blue", "green", "red"):
        images = sorted((photos / name).iterdir())
        for part, own in (("train", images[:8]), ("test", images[8:])):
            (Path("split") / part / name).mkdir(parents=True)
            for image in own:
                image.rename(Path("split") / part / name / image.name)
    assert main(["train", "split", *SMALL]) == 0
    assert (
        "split: the partitions are folders: train/ is training, but for images that are dealt" in capfd.readouterr().err
    )
    found = summary()
    assert found["training"]["samples"] + found["dev"]["samples"] == 24
    assert found["test"]["samples"] == 12
    lines = Path("runs/latest/predictions.jsonl").read_text().splitlines()
    rows = [(row["partition"], row["source"].split("/")[0]) for row in map(json.loads, lines)]
    assert set(rows) == {("dev", "train"), ("test", "test")}


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_mean_and_std_go_with_the_run(
    photos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], backend: str
) -> None:
    """Training, resuming, infer and an exported file see the same inputs, also when the photos are gone."""
    if backend == "torch":
        pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra [onnxruntime])")
    small = (f"--backend={backend}", "--epochs=2", "--no-disk-cache", "--model=NLayers", "--layers=6")
    assert main(["train", "photos", *small]) == 0
    assert "photos: set up for photos" in capfd.readouterr().err
    run = Path("runs/latest").resolve()
    scaling = summary()["input_scaling"]
    assert scaling["name"] == "mean-std" and len(scaling["mean"]) == len(scaling["std"]) == 3
    lines = (run / "predictions.jsonl").read_text().splitlines()
    said = {row["source"]: row["probabilities"] for row in map(json.loads, lines)}
    assert main(["export", str(run), "--with-preprocessing", "--softmax", "--output=inside.onnx"]) == 0
    assert main(["export", str(run), "--softmax", "--output=outside.onnx"]) == 0
    photos.rename("kept")
    pictures = [f"kept/{source}" for source in said]
    for model in (f"--run={run}", "--onnx-model=inside.onnx", "--onnx-model=outside.onnx"):
        capfd.readouterr()
        assert main(["infer", *pictures, model, "--json"]) == 0
        found = {row["source"]: row["probabilities"] for row in json.loads(capfd.readouterr().out)["results"]}
        for source, probabilities in said.items():
            # 1e-5: float32 through products of 432 numbers in another order
            assert found[f"kept/{source}"] == pytest.approx(probabilities, abs=1e-5), (model, source)


def test_a_resumed_run_keeps_the_mean_and_std_that_it_began_with(photos: Path) -> None:
    assert main(["train", "photos", *SMALL]) == 0
    before = summary()["input_scaling"]
    for image in (photos / "red").iterdir():
        image.write_bytes((photos / "blue" / "blue-00.png").read_bytes())
    assert main(["train", "--resume=runs/latest", "--epochs=3"]) == 0
    assert summary()["input_scaling"] == before
    assert main(["train", "photos", *SMALL]) == 0
    assert summary()["input_scaling"] != before


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--shuffle"], "--shuffle: no such option; leave it out: minibatches are shuffled in every epoch"),
        (["-b", "32"], "-b: no such option; did you mean --max-minibatch-size?"),
    ],
)
def test_flags_of_other_programs_are_answered_as_they_were_typed(
    photos: Path, capfd: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    assert main(["train", "photos", *SMALL, *flags, "--dry-run"]) == 2
    assert said in capfd.readouterr().err
