"""nnlab scale plan: the table, its JSON, a folder's classes, and what cannot be."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main

ENS = ["--preset=C", "--alpha=1.2", "--beta=1.05", "--gamma=1.23"]


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale", "plan", *ENS, "--phi=0..4", "--classes=2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "alpha beta^2 gamma^2 = 2.0016" in lines[0]
    assert lines[3].split() == ["0", "64", "16,22,26,32", "1,1,2,1", "49,760", "2,932", "3,865,680", "247,466",
                                "1.000", "1"]  # fmt: skip
    assert lines[7].split()[:7] == ["4", "146", "19,27,32,39", "1,2,4,2", "136,061", "6,954", "39,286,358"]
    assert lines[7].endswith("10.163             16  cost 36% below nominal")


def test_as_json_of_a_folder(capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    assert main(["scale", "plan", str(repository / "datasets" / "colors"), *ENS, "--phi=1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["outputs"], found["model"], found["schema_version"]) == (3, "MBConvNet", 1)
    assert found["rows"][0]["parameters"] == 53_715 + 41  # one more class: 40 weights and a bias


def test_solves(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale", "plan", "--solve=beta", "--alpha=1", "--gamma=1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["solved"] == "beta" and abs(found["rows"][1]["ratio"] - 2) < 0.1


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--alpha=0.9", "--solve=gama"], "--alpha: must be a number from 1 to 10, got '0.9'\n"),
        (["--alpha=0.9", "--solve=gama"], "--solve=gama: no such factor; did you mean gamma?\n"),
        (["--resize=8"], "row 3/6/2/32/1 of the stages has stride 2 and would read a map of 1 pixel"),
        (["--model=ResNet18"], "--model=ResNet18: ResNet18 has no rows of blocks"),
        (["--stages=4/1/2/16/1"], "row '4/1/2/16/1' has an even kernel"),
        (["--stages=3/0/2/16/1"], "'3/0/2/16/1' is no row"),
        (["--presett=C"], "no such option"),
        (["--experiment", "--phi=1", "-e"], "takes one network at a time"),
    ],
)
def test_what_cannot_be(flags: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale", "plan", *flags]) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err
