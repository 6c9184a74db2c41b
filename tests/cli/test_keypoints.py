"""Key points from the table beside the pictures to the exported file, as users type it."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.core.rng import Rng
from nnlab.tracking.run import read_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Grey pictures, 32 x 24, with a white and a black square whose middles are to be found; a third lack the black."""
    folder, generator = tmp_path_factory.mktemp("dots") / "dots", Rng(0).generator()
    (folder / "images").mkdir(parents=True)
    with (folder / "keypoints.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["file", "white_x", "white_y", "black_x", "black_y"])
        for number in range(36):
            pixels = generator.integers(90, 160, (24, 32)).astype(np.uint8)
            row: list[object] = [f"{number:02}.png"]
            for colour, hidden in ((255, False), (0, number % 3 == 0)):
                x, y = int(generator.integers(0, 28)), int(generator.integers(0, 20))
                if hidden:
                    row += ["", ""]
                    continue
                pixels[y : y + 5, x : x + 5] = colour
                row += [x + 2.5, y + 2.5]
            Image.fromarray(pixels).save(folder / "images" / f"{number:02}.png")
            lines.writerow(row)
    return folder


@pytest.fixture
def dots(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return made


def run(capfd, *words):
    code = main([*words])
    said = capfd.readouterr()
    return code, said.out, said.err


FORMS = {
    "heatmap": ("--base=4", "--levels=1"),
    "offset": ("--base=4", "--levels=1", "--head=offset", "--radius=2"),
    "direct": ("--head=direct", "--model=SmallCnn", "--widths=4"),
}
OPTIONS = ("--task=Keypoints", "--grayscale", "--resize=32,24", "--max-minibatch-size=7")


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("form", FORMS)
def test_from_the_table_to_the_file(capfd, dots, tmp_path, form):
    epochs = 8 if form == "heatmap" else 1
    rest = (*OPTIONS, *FORMS[form], "--learning-rate=0.01", f"--epochs={epochs}", "-q")
    code, out, err = run(capfd, "train", str(dots), *rest)
    assert code == 0, err
    assert "PCK@10" in out and "mean place" in out and "nearest picture" in out
    folder = read_run("runs/latest")
    summary = folder.summary
    names = ["mean place", "nearest picture"]
    assert [row["name"] for row in summary["baselines"]["rows"]] == names
    if form == "heatmap":
        losses = [row["loss"] for row in folder.metrics if row["partition"] == "training"]
        assert losses[-1] < 0.75 * losses[0]  # measured: 0.60, of nothing but chance 1
    assert set(summary["test"]["per_class"]["distance"]) == {"white", "black"}
    first = folder.predictions[0]
    assert set(first["actual"]) == {"white", "black"} and set(first["predicted"]["white"]) == {"place", "score"}
    assert {path.name for path in (folder.folder / "figures").iterdir()} == {
        "training.png", "distances-dev.png", "distances-test.png", "samples.png"}  # fmt: skip
    page = (folder.folder / "report.html").read_text()
    assert "How far off" in page and "PCK@10" in page

    picture = str(dots / first["source"])
    code, out, _ = run(capfd, "infer", "--run=latest", "--json", picture, "--output=drawn")
    answer = json.loads(out)["results"][0]
    assert {path.suffix for path in (tmp_path / "drawn").iterdir()} == {".png"}
    code, out, err = run(capfd, "export", "runs/latest", "--output=dots.onnx")
    assert code == 0, err
    code, out, _ = run(capfd, "infer", "--onnx-model=dots.onnx", "--json", picture)
    other = json.loads(out)["results"][0]
    for name in ("white", "black"):
        own, file = answer["answer"][name], other["answer"][name]
        assert own["score"] == pytest.approx(file["score"], abs=1e-4)
        if own["place"] is not None:
            assert own["place"] == pytest.approx(file["place"], abs=0.02)


@pytest.mark.parametrize("form", ["heatmap", "direct"])
def test_numpy_and_torch_are_equal_in_float64(capfd, dots, form):
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    rest = (*OPTIONS, *FORMS[form], "--dtype=float64", "--epochs=1", "--filter-dataset=0-13", "-q")
    code, out, err = run(capfd, "compare", str(dots), *rest)
    assert code == 0, err + out
    assert "equal" in out or "rounding" in out


def test_a_faulty_table_is_told_a_line_each(capfd, dots, tmp_path):
    folder = tmp_path / "faulty"
    (folder / "images").mkdir(parents=True)
    for name in "abc":
        Image.new("L", (32, 24)).save(folder / "images" / f"{name}.png")
    (folder / "keypoints.csv").write_text("file,a_x,a_y\na.png,1,\nb.png,40,3\nd.png,1,2\n")
    code, _, err = run(capfd, "train", str(folder), *OPTIONS)
    assert code == 5
    assert [line.partition("faulty/")[2] for line in err.splitlines() if "error" in line] == [
        "keypoints.csv:2: a_y is empty, and its other half is not",
        "keypoints.csv:3: a is at 40, 3, outside of its picture of 32 x 24 pixels",
        "keypoints.csv:4: no such file: d.png",
        "images/c.png: has no line in keypoints.csv; mend it, or leave such pictures out: --unlabelled=skip",
    ]
