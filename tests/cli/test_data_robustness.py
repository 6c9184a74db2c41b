"""`nnlab data robustness` as users type it: what runs are worth on pictures that become worse."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.experiment.robustness import CLEAN, LADDERS, OWN
from nnlab.metrics.interval import wilson
from nnlab.tracking.run import read_run

SMALL = ("--dataset=blobs", "--resize=8,8", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, blobs: Path) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    for name, more in (("plain", ()), ("jpeg", ("--augment=Jpeg:quality=10,95",))):
        words = ["train", f"--datasets-path={blobs}", f"--runs-dir={folder}", f"--exp-id={name}", *SMALL, *more]
        assert main([*words, "--epochs=6", "--learning-rate=0.05"]) == 0
    return folder


@pytest.fixture
def call(trained: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    paths = {path.name.split("-")[2]: path for path in trained.iterdir() if path.name != "latest"}

    def run(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["data", "robustness", *(str(paths.get(word, word)) for word in words)])
        said = capfd.readouterr()
        return code, said.out, said.err

    run.paths = paths  # type: ignore[attr-defined]
    return run


def test_two_runs_stand_beside_each_other_and_the_clean_figure_is_that_of_the_training(call: Any) -> None:
    code, out, err = call("plain", "jpeg", "--json", "-q")
    assert code == 0, err
    found = json.loads(out)
    kinds = list(dict.fromkeys(row["kind"] for row in found["rows"]))
    assert kinds == [CLEAN, *LADDERS] and len(found["rows"]) == 1 + sum(map(len, LADDERS.values()))
    for place, name in enumerate(("plain", "jpeg")):
        test = read_run(call.paths[name]).summary["test"]
        clean = found["rows"][0]["figures"][place]
        assert (
            clean["accuracy"] == pytest.approx(test["accuracy"]) and found["runs"][place]["samples"] == test["samples"]
        )
        assert clean["interval"] == pytest.approx(wilson(test["accuracy"], test["samples"]))
        (row,) = (call.paths[name] / "openings.jsonl").read_text().splitlines()[-1:]
        assert "nnlab data robustness" in json.loads(row)["command"]
    assert call("plain", "--json", "-q")[1] == call("plain", "--json", "-q")[1]  # chance is the same every time


def test_black_pictures_are_all_named_alike(call: Any) -> None:
    """So the steps do reach the network: of three classes that were learnt one is right, a share of the largest."""
    _, out, _ = call("plain", "--kind=jpeg", "--step=Brightness:factor=0", "--json", "-q")
    rows = json.loads(out)["rows"]
    assert [row["kind"] for row in rows] == [CLEAN, *["JPEG quality"] * 5, OWN]
    assert rows[0]["figures"][0]["accuracy"] > 0.8
    assert rows[-1]["figures"][0]["accuracy"] <= 0.4  # of two in five pictures, at most


def test_a_run_beside_itself_has_a_column_for_each(call: Any) -> None:
    code, _, err = call("plain", "plain", "--kind=resolution", "--most=5", "--output=worse")
    assert code == 0, err
    page = Path("worse/robustness.html").read_text()
    assert all(f"{call.paths['plain'].name} ({place})</th>" in page for place in (1, 2))


def test_a_page_a_figure_and_a_document_are_left(call: Any) -> None:
    from PIL import Image

    code, out, err = call("plain", "--kind=noise", "--kind=resolution", "--most=5", "--output=worse")
    assert code == 0, err
    assert "noise, share of white" in out and "of 5 samples" in out and "files are in worse" in err
    assert {path.name for path in Path("worse").iterdir()} == {"robustness.html", "robustness.png", "robustness.json"}
    assert np.asarray(Image.open("worse/robustness.png")).std() > 5
    page = Path("worse/robustness.html").read_text()
    assert page.count("<img") == 1 + 3 * 11  # the figure; three samples at each of eleven rungs
    assert json.loads(Path("worse/robustness.json").read_text())["partition"] == "test"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("plain", "--kind=fog"), 2, "--kind=fog: no such kind; there are JPEG quality, blur, noise"),
        (("plain", "--step=Nose"), 2, "--step=Nose"),
        (("nowhere",), 5, "no run here"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(call: Any, words: tuple[str, ...], code: int, says: str) -> None:
    got, out, err = call(*words, "-q")
    assert got == code and out == "" and says in err and len(err.splitlines()) == 1
