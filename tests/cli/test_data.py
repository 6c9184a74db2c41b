"""`nnlab data`: list and make, as typed."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.data.makers.shapes import Shapes


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    """In an empty folder, as away from the repository."""
    monkeypatch.chdir(tmp_path)


def test_make_then_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "make", "colors", "--images=6"]) == 0
    made = capsys.readouterr()
    assert made.out == "datasets/colors: 6 images in 3 classes (files: 7 new)\n"
    assert made.err == ""
    assert main(["data", "make", "Colors", "--images", "6"]) == 0
    assert capsys.readouterr().out == "datasets/colors: 6 images in 3 classes (files: 7 same)\n"
    assert main(["data", "list"]) == 0
    head, colors, _, numbers, _, rotated, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "classes", "images", "size", "where", "title"]
    assert colors.split()[:3] == ["colors", "3", "6"]
    assert colors.split(maxsplit=6)[5:] == ["datasets/colors", "Red, green and blue pictures"]
    assert "can be drawn: nnlab data make numbers" in numbers
    assert rotated.split()[:3] == ["rotated_digits", "-", "1,500"]


def test_a_set_whose_truth_is_numbers_is_drawn_and_listed_like_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "make", "rotated-digits", "--images=10"]) == 0
    said = "datasets/rotated_digits: 10 images in one folder, with their angles in targets.csv (files: 12 new)\n"
    assert capsys.readouterr().out == said
    assert main(["data", "list"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("rotated_digits"))
    assert row.split()[:3] == ["rotated_digits", "-", "10"] and "datasets/rotated_digits" in row
    assert main(["train", "--dataset=rotated_digits", "--dry-run"]) == 5
    assert "it has numbers in targets.csv: choose a task that learns those" in capsys.readouterr().err


def test_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["data", "make", "colors", "--seed=4", "--images=3", "--output", "sets/c", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    expected = {"name": "colors", "folder": "sets/c", "seed": 4, "images": 3, "new": 4, "replaced": 0, "same": 0}
    assert document == {"schema_version": 1, "made": [expected]}
    assert (tmp_path / "sets" / "c" / "blue" / "blue_000.png").is_file()
    assert main(["data", "list", "--datasets-path=sets", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["schema_version"] == 1
    assert [(row["name"], row["images"], row["folder"]) for row in listed["datasets"]] == [
        ("c", 3, "sets/c"), ("centred", 4000, None), ("colors", 180, None), ("numbers", 847, None),
        ("plain_shapes", 1200, None), ("rotated_digits", 1500, None), ("shapes", 1000, None),
    ]  # fmt: skip


def test_files_that_differ_are_kept_unless_forced(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "make", "colors", "--images=3"]) == 0
    capsys.readouterr()
    assert main(["data", "make", "colors", "--images=3", "--seed=1"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "datasets/colors/red/red_000.png" in error and "--force" in error
    assert main(["data", "make", "colors", "--images=3", "--seed=1", "--force"]) == 0
    assert "4 replaced" in capsys.readouterr().out


def test_a_larger_drawing_of_a_set_that_ships_lies_beside_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shipped = tmp_path / "datasets" / "shapes"
    shipped.mkdir(parents=True)
    (shipped / "dataset.toml").write_text(Shapes().card())
    for said in ("14 new", "14 same"):
        assert main(["data", "make", "shapes", "--images=5", "--size=96", "-q"]) == 0
        out, err = capsys.readouterr()
        assert "datasets/shapes-images5-size96: 5 images" in out and said.replace("14", "16") in out
        assert err == "datasets/shapes is the set as it ships; this one is drawn beside it\n"
    assert len(list(shipped.iterdir())) == 1


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["make", "colours"], 2, "nnlab draws no set 'colours'; did you mean colors?"),
        (["make"], 2, "no set named; nnlab can draw centred, colors, numbers, plain_shapes, rotated_digits, shapes"),
        (["make", "colors", "--seed=x"], 2, "--seed: must be a whole number"),
        (["make", "numbers", "--images=9"], 2, "--images: must be at least 10, got 9"),
        (["make", "colors", "numbers", "--output=x"], 2, "--output: is one folder, but several sets"),
        (["make", "colors", "--sed=1"], 2, "--seed"),
        (["mkae", "colors"], 2, "did you mean make?"),
        (["list", "--datasets-path=nowhere"], 5, "nowhere: no such folder of datasets"),
        (["make", "colors", "--images=3", "--output=a file/colors"], 5, "a file/colors: cannot be written"),
    ],
)
def test_mistakes(args: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("in the way")
    assert main(["data", *args]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a file"]


def test_two_mistakes_are_said_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "make", "numbers", "--images=9", "--seed=x"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert sorted(line.split(":")[2].strip() for line in lines) == ["--images", "--seed"]


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NNLAB_DATASETS_PATH", "elsewhere")
    assert main(["data", "make", "colors", "--images=3"]) == 0
    assert capsys.readouterr().out.startswith("elsewhere/colors: ")


def test_files_that_are_left_out_are_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["data", "make", "colors", "--images=9"]) == 0
    folder = tmp_path / "datasets" / "colors"
    (folder / "blue" / "x.foo").write_bytes(b"")
    (folder / "red" / "IMG_0001").write_bytes(b"")
    capsys.readouterr()
    assert main(["data", "list"]) == 0
    assert "pictures (2 other files are left out)" in capsys.readouterr().out
    assert main(["data", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["datasets"][0]["left_out"] == 2
    line = "2 files are no pictures by their names and are left out (1 .foo, 1 without an ending)"
    line = f"{line}: blue/x.foo, red/IMG_0001"
    train = ["train", "--dataset=colors", "--resize=4,4", "--epochs=1"]
    assert main([*train, "--dry-run"]) == 0
    assert line in capsys.readouterr().out
    assert main([*train, "-q"]) == 0
    said = capsys.readouterr()
    assert f"nnlab: warning: colors: {line}" in said.err.splitlines()
