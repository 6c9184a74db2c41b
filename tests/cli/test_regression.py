"""A regression from the table beside the pictures to the exported file, as users type it."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.core.rng import Rng
from nnlab.tracking.run import read_run


@pytest.fixture
def bars(tmp_path, monkeypatch):
    """Pictures 8x8 of a white bar on black; its place and its width are to be learnt."""
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    folder, generator = tmp_path / "bars", Rng(0).generator()
    folder.mkdir()
    with (folder / "targets.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["file", "place", "width"])
        for number in range(80):
            place, width = int(generator.integers(0, 6)), int(generator.integers(1, 3))
            pixels = np.zeros((8, 8), np.uint8)
            pixels[:, place : place + width] = 255
            Image.fromarray(pixels).save(folder / f"{number:02}.png")
            lines.writerow([f"{number:02}.png", place, 100 * width])
    return folder


def run(capfd, *words):
    code = main([*words])
    said = capfd.readouterr()
    return code, said.out, said.err


OPTIONS = ("--task=Regression", "--model=NLayers", "--layers=16", "--no-batch-norm", "--grayscale", "--resize=8")


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_from_the_table_to_the_file(capfd, bars, backend):
    pytest.importorskip("torch" if backend == "torch" else "numpy")
    code, out, err = run(
        capfd, "train", str(bars), *OPTIONS, f"--backend={backend}", "--epochs=40", "--learning-rate=0.02", "-q"
    )
    assert code == 0, err
    assert [word for word in ("MAE", "RMSE", "R2") if word in out] == ["MAE", "RMSE", "R2"]
    folder = read_run("runs/latest")
    summary = folder.summary
    assert set(summary["test"]) == {"loss", "mae", "rmse", "r2", "samples"}
    assert summary["test"]["r2"] > 0.9 and summary["avoidable_bias"] is None
    assert {row["epoch"] for row in folder.metrics if row["mae"] > 0} == set(range(1, 41))
    best = min(row["mae"] for row in folder.metrics if row["partition"] == "dev")
    assert summary["dev"]["mae"] <= best  # fewer is better: the last update may be better still
    first = folder.predictions[0]
    assert set(first["actual"]) == set(first["predicted"]) == {"place", "width"}
    figures = {path.name for path in (folder.folder / "figures").iterdir()}
    assert figures == {"training.png", "predicted-dev.png", "predicted-test.png", "samples.png"}

    picture = str(bars / first["source"])
    code, out, _ = run(capfd, "infer", "--run=latest", "--json", picture)
    values = json.loads(out)["results"][0]["values"]
    assert values == pytest.approx(first["predicted"], rel=1e-4)
    code, out, err = run(capfd, "export", "runs/latest", "--output=bars.onnx")
    assert code == 0 and "MAE" in out, err
    code, out, _ = run(capfd, "infer", "--onnx-model=bars.onnx", "--json", picture)
    assert json.loads(out)["results"][0]["values"] == pytest.approx(values, rel=1e-4)
    code, out, _ = run(capfd, "infer", "--onnx-model=bars.onnx", "--csv", picture)
    assert out.splitlines()[0] == "source,place,width,seconds,error"


def test_an_interrupted_run_goes_on_to_the_same_bytes(capfd, bars):
    rest = ("train", str(bars), *OPTIONS, "--max-minibatch-size=16", "-q")
    assert run(capfd, *rest, "--epochs=4", "--exp-id=whole")[0] == 0
    assert run(capfd, *rest, "--epochs=2", "--exp-id=half")[0] == 0
    code, _, err = run(capfd, "train", "--resume=half", "--epochs=4", "-q")
    assert code == 0, err
    whole, half = read_run("whole").weights("last")[0], read_run("runs/latest").weights("last")[0]
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_backends_agree(capfd, bars):
    pytest.importorskip("torch")
    code, out, err = run(capfd, "compare", str(bars), *OPTIONS, "--epochs=2", "--dtype=float64", "-q")
    assert code == 0, out + err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--accuracy=Classes"], "--accuracy=Classes: is no metric of Regression; choose AbsoluteError or"),
        (["--loss=CrossEntropy"], "--loss=CrossEntropy: is no loss of Regression; choose GeneralizedIoU or Huber or"),
        (["--loss=GaussianFocal"], "--loss=GaussianFocal: is no loss of Regression; choose GeneralizedIoU or Huber or"),
    ],
)
def test_what_is_not_for_the_task_is_refused_by_name(capfd, bars, words, says):
    code, _, err = run(capfd, "train", str(bars), *OPTIONS, *words)
    assert code == 2 and says in err


def test_a_loss_of_values_is_none_of_a_classification(capfd, tmp_path, monkeypatch, repository):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capfd, "train", str(repository / "datasets" / "colors"), "--loss=Huber")
    assert code == 2 and "--loss=Huber: is no loss of Classification" in err


def test_every_fault_of_the_table_is_told_with_its_line(capfd, bars):
    path = bars / "targets.csv"
    lines = path.read_text().splitlines()
    lines[3], lines[5], lines[7] = "02.png,much,100", "04.png,nan,100", "nothere.png,1,100"
    path.write_text("\n".join(lines))
    code, _, err = run(capfd, "train", str(bars), *OPTIONS)
    assert code == 5
    for said in (":4: place is 'much'", ":6: place is nan", ":8: no such file: nothere.png", "06.png: has no line"):
        assert said in err
    assert not Path("runs").exists()


def test_a_check_takes_the_task(capfd):
    code, out, err = run(capfd, "check", "--task=Regression", "--model=NLayers", "--layers=4", "--loss=Huber")
    assert code == 0 and "Huber" in out, err


def test_weights_of_other_numbers_are_refused(capfd, bars):
    """As many columns in another order would give each number to the other."""
    assert run(capfd, "train", str(bars), *OPTIONS, "--epochs=1", "-q")[0] == 0
    table = bars / "targets.csv"
    rows = [line.split(",") for line in table.read_text().splitlines()]
    table.write_text("".join(f"{file},{width},{place}\n" for file, place, width in rows))
    code, _, err = run(capfd, "train", str(bars), *OPTIONS, "--epochs=1", "-q", "--weights=runs/latest")
    assert code == 2
    assert "its outputs mean place, width, those of" in err and "mean width, place" in err


def test_a_run_folder_from_before_there_were_tasks_is_a_classification(capfd, tmp_path, monkeypatch, repository):
    monkeypatch.chdir(tmp_path)
    colors = repository / "datasets" / "colors"
    assert run(capfd, "train", str(colors), "--epochs=1", "--exp-id=old", "-q")[0] == 0
    config = read_run("old").folder / "config.toml"
    head, _, rest = config.read_text().partition("[task]\n")
    config.write_text(head.replace("accumulate = 1\n", "") + rest.partition("\n\n")[2])
    assert "task" not in config.read_text() and "accumulate" not in config.read_text()
    first = read_run("old").predictions[0]
    picture = colors / first["source"]
    code, out, err = run(capfd, "infer", "--run=old", "--json", str(picture))
    assert code == 0 and json.loads(out)["results"][0]["label"] == first["predicted"], err
    code, _, err = run(capfd, "export", "old", "--output=old.onnx")
    assert code == 0, err
    code, _, err = run(capfd, "train", "--config", str(config), "--epochs=1", "-q")
    assert code == 0 and read_run("runs/latest").config["task"]["name"] == "Classification", err
