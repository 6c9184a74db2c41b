"""A detection from the table beside the pictures to the exported file, as users type it."""

import csv
import json

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.core.rng import Rng
from nnlab.tracking.run import read_run


@pytest.fixture
def squares(tmp_path, monkeypatch):
    """Pictures of 32 x 24 with a light square or a dark one on grey, or both."""
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    folder, chance = tmp_path / "squares", Rng(0).generator()
    folder.mkdir()
    with (folder / "boxes.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["file", "class", "x0", "y0", "x1", "y1"])
        for number in range(60):
            pixels = np.full((24, 32), 120, np.uint8)
            for name, left, grey in (("light", 0, 250), ("dark", 16, 0))[number % 3 == 1 : 1 + (number % 3 != 0)]:
                side, x, y = 8, left + int(chance.integers(0, 9)), int(chance.integers(0, 17))
                pixels[y : y + side, x : x + side] = grey
                lines.writerow([f"{number:02}.png", name, x, y, x + side, y + side])
            Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


def run(capfd, *words):
    code = main([*words])
    said = capfd.readouterr()
    return code, said.out, said.err


OPTIONS = ("--task=Detection", "--base=8", "--levels=1", "--resize=32,24", "--grayscale", "--max-minibatch-size=4")
QUICK = ("--gradient-checks=off", "--score-threshold=0.05", "-q")


@pytest.mark.usefixtures("figures")
def test_from_the_table_to_the_file(capfd, squares):
    code, out, err = run(capfd, "train", str(squares), *OPTIONS, *QUICK, "--epochs=4", "--learning-rate=0.02")
    assert code == 0, err
    assert [word for word in ("AP50:95", "AP50", "AP75", "count error", "mean boxes") if word in out] == [
        "AP50:95", "AP50", "AP75", "count error", "mean boxes"
    ]  # fmt: skip
    folder = read_run("runs/latest")
    summary = folder.summary
    assert set(summary["test"]) == {"loss", "ap", "ap50", "ap75", "count_error", "samples", "per_class"}
    losses = [row["loss"] for row in folder.metrics if row["partition"] == "training"]
    assert losses[-1] < 0.7 * losses[0] and [row["name"] for row in summary["baselines"]["rows"]] == ["mean boxes"]
    figures = {path.name for path in (folder.folder / "figures").iterdir()}
    assert {"training.png", "precision-dev.png", "precision-test.png"} <= figures
    first = next(row for row in folder.predictions if row["predicted"])
    assert all(box["score"] >= 0.05 for box in first["predicted"])

    picture = str(squares / first["source"])
    code, out, _ = run(capfd, "infer", "--run=latest", "--json", "--output=found", picture)
    answer = json.loads(out)["results"][0]["answer"]
    assert boxes_of(answer) == [
        (box["label"], pytest.approx(box["box"], abs=1e-3), pytest.approx(box["score"], abs=1e-4))
        for box in first["predicted"]
    ]
    best = first["predicted"][0]["score"]
    code, out, _ = run(capfd, "infer", "--run=latest", "--json", f"--score-threshold={best - 1e-3}", picture)
    surest = [box for box in first["predicted"] if box["score"] > best - 1e-3]
    assert len(json.loads(out)["results"][0]["answer"]) == len(surest)
    code, out, err = run(capfd, "export", "runs/latest", "--output=squares.onnx")
    assert code == 0 and "output boxes" in out, err
    code, out, _ = run(capfd, "infer", "--onnx-model=squares.onnx", "--json", picture)
    again = json.loads(out)["results"][0]["answer"]
    assert boxes_of(again) == [
        (label, pytest.approx(box, abs=1e-3), pytest.approx(score, abs=1e-4)) for label, box, score in boxes_of(answer)
    ]
    code, out, err = run(capfd, "evaluate", "runs/latest", "--partition=test")
    assert code == 0 and "AP50:95" in out, err


def boxes_of(answer):
    return [(box["label"], box["box"], box["score"]) for box in answer]


def test_backends_agree(capfd, squares):
    pytest.importorskip("torch")
    words = ("--epochs=1", "--augment=HorizontalFlip", "--augment=Translate", "--filter-dataset=0-11", "--base=4", "-q")
    code, out, err = run(capfd, "compare", str(squares), *OPTIONS, *words, "--dtype=float64")
    assert code == 0 and "equal" in out, out + err
    code, _, err = run(capfd, "train", str(squares), *OPTIONS, *QUICK, *words, "--backend=torch")
    assert code == 0 and read_run("runs/latest").summary["test"]["samples"] > 0, err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--boxes-by=Centers"], 2, "did you mean Centres"),
        (["--stride=8"], 2, "gives a place for every 4 pixels, or for every one, and the task asks for 8"),
        (["--model=SmallCnn"], 2, "no map as the task asks for"),
        (["--loss=CrossEntropy"], 2, "--loss=CrossEntropy: is no loss of Detection"),
        (["--loss=MeanSquaredError"], 2, "is no loss of Detection; choose BinaryCrossEntropy or GaussianFocal"),
        (["--model=UNet"], 2, "the task asks for 6 x 8 x 2, a place for every 4 pixels"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(capfd, squares, words, code, says):
    found, _, err = run(capfd, "train", str(squares), *OPTIONS[:1], "--resize=32,24", *words)
    assert found == code and says in err, err
