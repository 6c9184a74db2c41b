"""`nnlab data show`, as typed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab.cli.opening as opening
from nnlab.cli.main import main
from nnlab.core.truth import Mask
from nnlab.data.images.vips import Vips
from nnlab.experiment.build import build
from nnlab.experiment.config import resolve
from nnlab.experiment.data_shown import shown_at
from nnlab.experiment.sources import from_flags
from nnlab.tracking.contact_sheet import SIDE


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    monkeypatch.chdir(tmp_path)


def shown(path: str) -> np.ndarray:
    return Vips().pixels(Vips().read(Path(path)))[:, :, :3]


def holds(sheet: np.ndarray, picture: np.ndarray) -> bool:
    """Whether a picture stands on the sheet, pixel for pixel."""
    height, width = picture.shape[:2]
    corners = np.argwhere((sheet[: -height + 1, : -width + 1] == picture[0, 0]).all(axis=2))
    return any(np.array_equal(sheet[y : y + height, x : x + width], picture) for y, x in corners)


def test_the_sheet_shows_the_very_pixels_that_training_with_the_same_flags_learns_from(
    blobs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = {"dataset": str(blobs / "blobs"), "augment": ("Rotate", "Blur"), "max_minibatch_size": "7", "resize": "12"}
    typed = [f"--{key.replace('_', '-')}={value}" for key, value in flags.items() if key != "augment"]
    typed += ["--augment=Rotate", "--augment=Blur"]
    assert main(["data", "show", *typed, "--augmented", "--versions=1", "--samples=3", "-q"]) == 0
    said = capsys.readouterr()
    assert said.out == "blobs-training.png: 3 of 25 training samples, each as prepared and in 1 augmented version\n"
    sheet = shown("blobs-training.png")
    data = build(resolve(from_flags(flags), trains=True)).data
    batches = list(data.training.batches(1))
    sources = [source for batch in batches for source in batch.sources]
    inputs = np.concatenate([batch.inputs.reshape(len(batch), -1) for batch in batches])
    factor, shift = np.asarray(data.scaling.factor), np.asarray(data.scaling.shift)
    trained = np.rint((inputs.reshape(-1, 12, 12, 3) - shift) / factor).astype(np.uint8)
    for index in (0, 12, 24):
        for picture in (data.training.pixels(index), trained[sources.index(data.training.sources[index])]):
            assert holds(sheet, picture.repeat(SIDE // 12, axis=0).repeat(SIDE // 12, axis=1))


def test_json_says_what_is_on_the_sheet(blobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--augmented", "--augment=Rotate", "--nbr-clones=2", "--versions=3", "--samples=2", "--output=s.png"]
    assert main(["data", "show", str(blobs / "blobs"), *words, "--json", "-q"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert Path("s.png").is_file()
    assert (document["sheet"], document["dataset"], document["partition"]) == ("s.png", "blobs", "training")
    assert (document["size"], document["steps"]) == (25, ["Rotate"])
    first, last = document["samples"]
    assert (first["truth"], last["truth"]) == ("blue", "red")
    assert [(one["epoch"], one["clone"]) for one in first["versions"]] == [(1, 0), (1, 1), (2, 0)]


def test_dev_is_shown_as_prepared(blobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "show", str(blobs / "blobs"), "--partition=dev", "--samples=100", "-q"]) == 0
    assert capsys.readouterr().out == "blobs-dev.png: 6 of 6 dev samples, as prepared\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--partition=dev", "--augmented"], 2, "--augmented: only training samples are augmented, those of dev never"),
        (["--partition=training_"], 2, "did you mean training?"),
        (["--samples=0"], 2, "--samples: must be a whole number from 1 to 200, got '0'"),
        (["--versions=2"], 2, "--versions: counts with --augmented alone"),
        (["--augmented", "--prepare=none"], 2, "--augmented: nothing changes training samples"),
        (["--output=x.jpg"], 2, "--output: must be a PNG file, got 'x.jpg'"),
        (["--output=no/x.png"], 2, "--output=no/x.png: no such folder"),
        (["--augmet=Hue"], 2, "--augmet: no such option; did you mean --augment?"),
        (["-e", "--samples=2"], 2, "--experiment: a sheet shows one dataset"),
        (["--partitions=1,0,0", "--partition=test"], 5, "the test partition has no samples; use one of training"),
    ],
)
def test_what_cannot_be_shown_is_one_line(
    words: list[str], code: int, said: str, blobs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "show", str(blobs / "blobs"), *words, "-q"]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not list(Path().glob("*.png"))


def test_a_sheet_does_not_become_a_sample(blobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "show", str(blobs / "blobs"), f"--output={blobs / 'blobs' / 'red' / 'sheet.png'}", "-q"]) == 2
    assert "lies in the dataset, where it would be read as a sample" in capsys.readouterr().err


def test_an_empty_folder_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert main(["data", "show", "empty"]) == 5
    (line,) = capsys.readouterr().err.splitlines()
    assert "is empty" in line


@pytest.mark.parametrize("there", [True, False])
def test_it_is_opened_where_there_is_a_display(
    there: bool, blobs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(opening, "has_display", lambda: there)
    monkeypatch.setattr(opening.click, "launch", opened.append)
    assert main(["data", "show", str(blobs / "blobs"), "--samples=1", "--display"]) == 0
    assert opened == (["blobs-training.png"] if there else [])
    assert ("no display to open figures on; they are in ." in capsys.readouterr().err) is not there


@pytest.mark.parametrize(
    ("size", "wanted"), [((12, 12), (168, 168)), ((30, 100), (30, 100)), ((400, 1), (133, 1)), ((338, 169), (112, 56))]
)
def test_pictures_are_larger_or_smaller_by_whole_factors(size: Any, wanted: Any) -> None:
    pixels = np.full((*size, 1), 77, np.uint8)
    picture = shown_at(pixels, Mask(np.full(size, 1, np.uint8)), ("thing", "background"))
    assert picture.shape == (*wanted, 3)
    assert (picture == 77).all()


def test_each_class_has_a_row_of_samples_as_they_are_in_their_files_and_prepared(
    blobs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--by-class", "--before", "--samples=2", "--resize=6", "--output=s.png", "-q"]
    assert main(["data", "show", str(blobs / "blobs"), *words]) == 0
    told = "s.png: 6 of 25 training samples of 3 classes, as in their files, as prepared\n"
    assert capsys.readouterr().out == told
    assert main(["data", "show", str(blobs / "blobs"), *words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["truth"] for one in document["samples"]] == ["blue", "blue", "green", "green", "red", "red"]
    sheet = shown("s.png")
    for one in document["samples"]:
        pixels = Vips().pixels(Vips().read(blobs / "blobs" / one["source"]))
        small = Vips().pixels(Vips().resize(Vips().read(blobs / "blobs" / one["source"]), 6, 6))
        for picture in (pixels, small):
            assert holds(sheet, picture.repeat(SIDE // len(picture), axis=0).repeat(SIDE // len(picture), axis=1))


def test_a_sheet_takes_as_many_classes_as_it_has_room_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).integers(0, 256, (180, 4, 4), dtype=np.uint8)
    np.savez(tmp_path / "many.npz", x=x, y=np.arange(180) % 60)
    words = ["--by-class", "--samples=50", "--resize=4", "--output=s.png", "-q", "--partitions=1,0,0"]
    assert main(["data", "show", str(tmp_path / "many.npz"), *words]) == 0
    assert capsys.readouterr().out.startswith("s.png: 12 of 180 training samples of the first 4 of 60 classes")


def test_numbers_have_no_classes_to_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["rotated_digits", "--task=Regression", "--by-class", "-q"]
    assert main(["data", "make", "rotated_digits", f"--output={tmp_path / 'digits'}", "--images=20", "-q"]) == 0
    words[0] = str(tmp_path / "digits")
    capsys.readouterr()
    assert main(["data", "show", *words]) == 2
    assert "--by-class: is for classes, and these samples have none" in capsys.readouterr().err
