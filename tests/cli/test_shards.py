"""A folder of tar shards, as users type it: trained on, looked at, judged and answered."""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main

SMALL = ("--resize=8,8", "--model=OneLayer", "--epochs=2", "--gradient-checks=off", "--threads=1", "--quiet")


@pytest.fixture
def shards(tmp_path: Path, blobs: Path, cache_folder: Path) -> Path:
    """The pictures of `blobs`, packed by threes of each class, and the names of the classes beside them."""
    folder = tmp_path / "packed"
    folder.mkdir()
    for number in range(4):
        with tarfile.open(folder / f"blobs-{number:03}.tar", "w") as tar:
            for label, name in enumerate(("blue", "green", "red")):
                for path in sorted((blobs / "blobs" / name).iterdir())[3 * number : 3 * number + 3]:
                    tar.add(path, f"{path.stem}.png")
                    info = tarfile.TarInfo(f"{path.stem}.cls")
                    info.size = 1
                    tar.addfile(info, io.BytesIO(str(label).encode()))
    (folder / "classes.txt").write_text("blue\ngreen\nred\n")
    return folder


def test_trained_scored_asked_and_looked_at(
    tmp_path: Path, shards: Path, blobs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in tmp_path.rglob("*.png"))
    runs = f"--runs-dir={tmp_path / 'runs'}"
    assert main(["train", str(shards), *SMALL, runs, "--data-memory=1K"]) == 0
    run = (tmp_path / "runs" / "latest").resolve()
    first = json.loads((run / "predictions.jsonl").read_text().splitlines()[1])
    assert ".tar/" in json.dumps(first)
    for words in (
        ["evaluate", str(run), "--json"],
        ["evaluate", str(run), str(shards), "--json"],
        ["data", "check", str(shards), "--json", f"--output={tmp_path / 'checked.html'}"],
        ["data", "show", str(shards), f"--output={tmp_path / 'sheet.png'}"],
        ["train", f"--resume={run}", "--epochs=3", "--quiet"],
    ):
        capfd.readouterr()
        assert main(words) == 0, capfd.readouterr().err
    member = shards / "blobs-002.tar" / "green-07.png"
    answers = []
    for asked in (member, blobs / "blobs" / "green" / "green-07.png"):
        capfd.readouterr()
        assert main(["infer", f"--run={run}", str(asked), "--json"]) == 0
        answers.append(json.loads(capfd.readouterr().out)["results"][0])
    asked_for = [answer.pop("source") for answer in answers]
    assert (
        asked_for == [str(member), str(blobs / "blobs" / "green" / "green-07.png")]
        and answers[0]["ranking"] == answers[1]["ranking"]
    )
    assert main(["infer", f"--run={run}", str(shards), "--json"]) == 0
    assert len(json.loads(capfd.readouterr().out)["results"]) == 36
    assert sorted(path.name for path in tmp_path.rglob("blue*.png")) == [name for name in before if "blue" in name]


@pytest.mark.parametrize(
    "task",
    [("Segmentation", "UNet", "--base=2", "--depth=1"), ("Detection", "CentreNet"), ("Keypoints", "CentreNet")],
    ids=lambda task: str(task[0]),
)
def test_packed_and_learnt_by_every_task(
    tmp_path: Path, task: tuple[str, ...], cache_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """From a drawn set: the same weights as from its folder; looked at, judged and asked as any set."""
    drawn, packed = tmp_path / "drawn", tmp_path / "packed"
    assert main(["data", "make", "shapes", "--images=20", "--size=32", f"--output={drawn}", "--quiet"]) == 0
    assert main(["data", "pack", str(drawn), f"--output={packed}", "--each=7", "--quiet"]) == 0
    assert "20 pictures in 3 shards, with classes, masks, boxes, points, numbers" in capfd.readouterr().out
    name, model, *more = task
    words = [f"--task={name}", f"--model={model}", *more, "--resize=16,16", "--epochs=1", *SMALL[3:]]
    runs = []
    for folder, memory in ((drawn, "1G"), (packed, "1K")):
        runs.append(tmp_path / f"runs of {folder.name}")
        assert main(["train", str(folder), *words, f"--runs-dir={runs[-1]}", f"--data-memory={memory}"]) == 0
    files = [(run / "latest" / "weights" / "best.safetensors").read_bytes() for run in runs]
    weights = [file[8 + int.from_bytes(file[:8], "little") :] for file in files]  # after the head, which names the set
    assert len(weights[0]) > 400 and weights[0] == weights[1]
    run = str(runs[1] / "latest")
    member = packed / "shard-000002.tar" / "00000016.png"
    for asked in (
        ["evaluate", run, str(packed), "--json"],
        ["infer", f"--run={run}", str(member), "--json"],
        ["data", "check", str(packed), f"--task={name}", "--json", f"--output={tmp_path / 'checked.html'}"],
        ["data", "show", str(packed), f"--task={name}", f"--output={tmp_path / 'sheet.png'}"],
    ):
        capfd.readouterr()
        assert main(asked) == 0, capfd.readouterr().err
    capfd.readouterr()
    assert main(["data", "list", f"--datasets-path={tmp_path}", "--json"]) == 0
    listed = {each["name"]: each for each in json.loads(capfd.readouterr().out)["datasets"]}
    assert (listed["packed"]["images"], listed["packed"]["problem"]) == (20, None)


def test_what_cannot_be_packed_is_a_line(tmp_path: Path, blobs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for words, code, said in (
        ([f"--output={tmp_path / 'out'}", "--each=0"], 2, "--each: must be a whole number"),
        ([f"--output={blobs / 'blobs' / 'out'}"], 2, "lies in the dataset itself"),
        ([f"--output={tmp_path}"], 1, "is there already"),
    ):
        (tmp_path / "something").touch()
        assert main(["data", "pack", str(blobs / "blobs"), *words]) == code
        line = capfd.readouterr().err
        assert said in line and line.count("\n") == 1


def test_the_same_training_as_on_class_folders(tmp_path: Path, shards: Path, blobs: Path) -> None:
    """Of the same samples in the same order: only the places differ that they have."""
    folder = tmp_path / "one"
    folder.mkdir()
    with tarfile.open(folder / "a.tar", "w") as tar:
        for label in ("blue", "green", "red"):
            for path in sorted((blobs / "blobs" / label).iterdir()):
                tar.add(path, f"{path.stem}.png")
                info = tarfile.TarInfo(f"{path.stem}.cls")
                info.size = len(label)
                tar.addfile(info, io.BytesIO(label.encode()))
    scores = []
    for dataset in (folder, blobs / "blobs"):
        assert main(["train", str(dataset), *SMALL, f"--runs-dir={tmp_path / 'runs'}"]) == 0
        summary = json.loads((tmp_path / "runs" / "latest" / "summary.json").read_text())
        scores.append([summary[name] for name in ("training", "dev", "test")])
    assert scores[0] == scores[1]


def test_a_damaged_shard_and_a_damaged_picture_are_a_line_each(
    tmp_path: Path, shards: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = (shards / "blobs-001.tar").read_bytes()
    (shards / "blobs-001.tar").write_bytes(whole[:3000])
    assert main(["train", str(shards), *SMALL, f"--runs-dir={tmp_path / 'runs'}"]) == 5
    (line,) = capfd.readouterr().err.splitlines()
    assert "blobs-001.tar: truncated" in line
    damaged = bytearray(whole)
    damaged[(data := whole.index(b"IDAT") + 20) : data + 40] = bytes(40)
    (shards / "blobs-001.tar").write_bytes(damaged)
    assert main(["train", str(shards), *SMALL, f"--runs-dir={tmp_path / 'runs'}"]) == 5
    (line,) = capfd.readouterr().err.splitlines()
    assert "blobs-001.tar/blue-03.png" in line and "--skip-bad-images" in line
    assert main(["train", str(shards), *SMALL, "--skip-bad-images", f"--runs-dir={tmp_path / 'runs'}"]) == 0


def test_a_packed_shard_says_what_to_do(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = io.BytesIO()
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(file, "PNG")
    (tmp_path / "set").mkdir()
    with tarfile.open(tmp_path / "set" / "a.tar", "w:gz") as tar:
        info = tarfile.TarInfo("1.png")
        info.size = len(file.getvalue())
        tar.addfile(info, io.BytesIO(file.getvalue()))
    assert main(["train", str(tmp_path / "set"), *SMALL, f"--runs-dir={tmp_path / 'runs'}"]) == 5
    (line,) = capfd.readouterr().err.splitlines()
    assert "gzip" in line and "unpack" in line
