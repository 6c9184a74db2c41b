"""`nnlab evaluate` as users type it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from nnlab.metrics.interval import wilson
from nnlab.tracking.run import Run, read_run

Call = Callable[..., tuple[int, str, str]]

SMALL = ("--dataset=blobs", "--resize=6,6", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, blobs: Path) -> Path:
    """A run, made once for all tests here, which copy it."""
    runs = tmp_path_factory.mktemp("trained")
    more = ("--learning-rate=0.05", "--epochs=4", "--class-weights=balanced", "--accuracy=F1")
    assert main(["train", f"--datasets-path={blobs}", f"--runs-dir={runs}", *SMALL, *more]) == 0
    return read_run(runs / "latest").folder


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bootstrap comes to is tested where it is defined."""
    monkeypatch.setattr("nnlab.metrics.bootstrap.ROUNDS", 20)


@pytest.fixture
def call(trained: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, tmp_path / "run")

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["evaluate", "run", *args])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def own(tmp_path: Path) -> Run:
    return Run(tmp_path / "run")


def files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_the_own_test_partition_has_the_figures_of_the_training_and_its_opening_is_recorded(
    call: Call, own: Run, tmp_path: Path
) -> None:
    before = files(tmp_path)
    for times in (1, 2):
        code, out, err = call("--json")
        assert code == 0, err
        found = json.loads(out)
        summary = read_run("run").summary
        assert summary is not None
        kept = {name: value for name, value in summary["test"].items() if name not in ("precision", "recall")}
        kept.pop("per_class")
        assert {name: found["score"][name] for name in kept} == kept
        assert found["partition"] == "test" and found["test_openings"] == times
        share, count = kept["accuracy"], kept["samples"]
        assert found["intervals"]["accuracy"] == list(wilson(share, count))
        low, high = found["intervals"]["f1"]
        assert low <= kept["f1"] <= high
    assert files(tmp_path) - before == {tmp_path / "run" / "openings.jsonl"}
    rows = read_run("run").openings
    assert [row["command"] for row in rows] == ["nnlab evaluate run"] * 2
    assert rows[0]["partition"] == "test" and rows[0]["samples"] == count and rows[0]["f1"] == kept["f1"]
    code, out, _ = call("--partition=dev")
    assert code == 0 and len(read_run("run").openings) == 2 and "test partition was scored" not in out
    code, out, _ = call()
    assert code == 0 and "test partition was scored 3 times since the training" in out


def test_a_labelled_folder_is_scored_and_nothing_is_written(call: Call, blobs: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    shutil.copytree(blobs / "blobs", photos)
    shutil.rmtree(photos / "green")
    shutil.move(photos / "red" / "red-00.png", photos / "blue" / "planted.png")
    before = files(tmp_path)
    code, out, err = call("photos", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["partition"] is None and found["score"]["samples"] == 24 and found["test_openings"] is None
    assert found["confusion"]["classes"] == ["blue", "green", "red"]
    counts = found["confusion"]["counts"]
    assert [sum(row) for row in counts] == [13, 0, 11] and found["wrong"] == 24 - counts[0][0] - counts[2][2]
    assert "blue/planted.png" in {row["source"] for row in found["mistakes"]}
    assert files(tmp_path) == before
    code, out, err = call("photos", "--worst=1")
    assert code == 0 and "24 pictures" in out and "95% interval" in out and "actual \\ said" in out
    code, out, err = call("photos", "--output=out", "--quiet")
    assert files(tmp_path) - before == {tmp_path / "out", *(tmp_path / "out").iterdir()}
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"evaluation.json", "predictions.jsonl", "confusion.csv"}
    assert len((tmp_path / "out" / "predictions.jsonl").read_text().splitlines()) == 24
    assert (tmp_path / "out" / "confusion.csv").read_text().splitlines()[0] == "actual \\ predicted,blue,green,red"


def test_a_folder_that_the_run_learnt_from_is_told_and_test_within_it_counts_as_opened(
    call: Call, blobs: Path, own: Run
) -> None:
    code, _, err = call(str(blobs / "blobs"))
    assert code == 0 and "pictures are those that the run learnt from" in err
    (row,) = own.openings
    assert row["samples"] == 5 and row["of"] == 36  # 15% of 36


def test_both_engines_say_the_same(call: Call, blobs: Path, torch_installed: None) -> None:
    documents = []
    for engine in ("numpy", "torch"):
        code, out, err = call(str(blobs / "blobs"), f"--engine={engine}", "--json")
        assert code == 0, err
        documents.append(json.loads(out))
    one, other = documents
    assert (one["engine"], other["engine"]) == ("numpy", "torch") and one["confusion"] == other["confusion"]
    assert one["score"]["loss"] == pytest.approx(other["score"]["loss"], rel=1e-5)  # float32, summed in another order


def refused(call: Call, *args: str, code: int = 5) -> str:
    got, out, err = call(*args)
    assert got == code and out == "" and len(err.splitlines()) == 1, (got, out, err)
    return err


def test_what_cannot_be_scored_is_said_in_one_line(call: Call, blobs: Path, tmp_path: Path, own: Run) -> None:
    photos = tmp_path / "photos"
    shutil.copytree(blobs / "blobs", photos)
    for name in ("cat", "bleu"):
        shutil.copytree(photos / "red", photos / name)
    assert "has bleu, cat, which the run does not know: it knows blue, green, red" in refused(call, "photos")
    for name in ("cat", "bleu", "green"):
        shutil.rmtree(photos / name)
    (photos / "red" / "hurt.png").write_bytes(b"no picture")
    assert "hurt.png" in refused(call, "photos")
    code, out, _ = call("photos", "--skip-bad-images", "--json")
    assert code == 0 and [row["source"] for row in json.loads(out)["skipped"]] == ["red/hurt.png"]
    (tmp_path / "empty").mkdir()
    assert "is empty" in refused(call, "empty")
    shutil.copytree(photos / "blue", tmp_path / "flat")
    assert "has images but no class folders" in refused(call, "flat")
    refused(call, "nowhere")
    assert "no such folder" in refused(call, "no/where")
    (tmp_path / "a.txt").write_text("no pictures")
    assert "is a file, not a folder" in refused(call, "a.txt")
    refused(call, "photos", "--engine=onnxruntime", code=2)
    shutil.rmtree(own.folder / "weights")
    assert "has no weights" in refused(call, "photos")


def test_a_dataset_that_is_not_what_it_was_is_refused(
    trained: Path, blobs: Path, tmp_path: Path, call: Call, own: Run
) -> None:
    shutil.copytree(blobs / "blobs", tmp_path / "sets" / "blobs")
    config = own.folder / "config.toml"
    config.write_text(config.read_text().replace(str(blobs), str(tmp_path / "sets")))
    (tmp_path / "sets" / "blobs" / "red" / "red-03.png").unlink()
    code, out, err = call()
    assert code == 5 and out == "" and "files came, went or moved" in err
    shutil.rmtree(tmp_path / "sets" / "blobs")
    assert call()[0] == 5


def test_numbers_are_scored_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any, blobs: Path) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(blobs / "blobs" / "red", tmp_path / "sizes")
    names = sorted(path.name for path in (tmp_path / "sizes").iterdir())
    lines = [f"{name},{place / 2},{-place}" for place, name in enumerate(names)]
    (tmp_path / "sizes" / "targets.csv").write_text("\n".join(["file,a,b", *lines]) + "\n")
    flags = ("--resize=6,6", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off", "--epochs=2")
    assert main(["train", "sizes", "--task=Regression", *flags, "--prepare=none"]) == 0
    lines = [f"{name},{-place},{place / 2}" for place, name in enumerate(names)]
    (tmp_path / "sizes" / "targets.csv").write_text("\n".join(["file,b,a", *lines]) + "\n")  # another order of columns
    capfd.readouterr()
    assert main(["evaluate", "latest", "sizes", "--json", "--quiet"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["confusion"] is None and found["score"]["samples"] == 12 and found["names"] == ["a", "b"]
    by_name = {row["source"]: row["actual"] for row in found["mistakes"]}
    assert by_name[names[4]] == {"a": 2.0, "b": -4.0}
    assert all(name in found["intervals"] for name in ("mae", "rmse"))
    capfd.readouterr()
    assert main(["evaluate", "latest", str(blobs / "blobs")]) == 5


def test_masks_of_a_folder_are_scored(tmp_path, capfd, monkeypatch) -> None:
    """A truth that lies in a file of its own is of its kind before it is read."""
    monkeypatch.chdir(tmp_path)
    assert main(["data", "make", "shapes", "--images=8", "--size=32", "--objects=2", "-q"]) == 0
    small = ["--model=UNet", "--base=1", "--depth=2", "--epochs=1", "--max-minibatch-size=4", "--gradient-checks=off"]
    partitions = "--partitions=0.5,0.25,0.25"
    assert main(["train", "shapes", "--task=Segmentation", *small, partitions, "--exp-id=m", "-q"]) == 0
    capfd.readouterr()
    assert main(["evaluate", "m", "datasets/shapes"]) == 0
    assert "mean IoU" in capfd.readouterr().out
