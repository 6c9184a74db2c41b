"""nnlab resolution sigma: the table, its JSON, and what cannot be."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main


def test_the_table(capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    folder = str(repository / "datasets" / "colors")
    flags = ["--crop-scale=0.2,0.7", "--train-size=64", "--test-size=64", "--test-resize=72", "--passes=3"]
    assert main(["resolution", "sigma", folder, *flags]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("the sizes of 126 pictures, 3 passes; train 64, test 64, the middle of 72")
    assert lines[3].startswith("square, cut to fit  0.4") and lines[4].startswith("RandomResizedCrop   0.4")
    assert lines[6].endswith("area ~ U(0.2, 0.7): 0.4500, linear sigma 0.66163")


def test_as_json(capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    folder = str(repository / "datasets" / "colors")
    assert main(["resolution", "sigma", folder, "--model=MBConvNet", "--resize=64", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["train_size"], found["stride"], found["crop_scale"]) == (64, 16, [0.08, 1.0])
    for row in found["rows"]:
        for kind in ("area", "linear", "short"):
            assert row["r"][kind] == pytest.approx(row[kind]["mean"])  # train, test and resize are one size
            assert row["factor"][kind] * row["r"][kind] == pytest.approx(1)
        assert row["suggested"]["size"] % 16 == 0


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (["--crop-scale=0.7,0.2"], 2, "--crop-scale: must be two numbers, LOW,HIGH"),
        (["--crop-scale=0,1"], 2, "--crop-scale: must be a number from 1e-06 to 1"),
        (["--passes=0", "--partition=traning"], 2, "--partition=traning: no such pictures; did you mean training?"),
        (["--test-size=64", "--test-resize=32"], 2, "--test-resize: is smaller than the 64 pixels"),
        (["--train-size=8", "--stride=16"], 2, "--train-size: is not above the network's stride of 16 pixels"),
        (["nowhere"], 5, "nowhere: no such dataset"),
        (["colors", "--passes=100000"], 2, "--passes: 100,000 passes over 126 pictures are more than fits; use"),
    ],
)
def test_what_cannot_be(flags: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolution", "sigma", *flags]) == code
    out, err = capsys.readouterr()
    assert out == "" and says in err
