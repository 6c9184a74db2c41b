"""`nnlab train FOLDER`: a newcomer's own photos."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main

SMALL = ("--resize=6,6", "--epochs=2", "--no-disk-cache", "--gradient-checks=off")


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
            "photos: its images lie in folders within it (blue, green, red); if it is itself a dataset, type: nnlab",
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
