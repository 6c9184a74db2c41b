"""`nnlab data diff`, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.core.types import Pixels
from nnlab.data.images.base import Image as Held
from nnlab.data.images.pillow import Pillow
from nnlab.experiment.data_diff import strengthened


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    monkeypatch.chdir(tmp_path)


def differed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["data", "diff", *words, "-q"])
    said = capsys.readouterr()
    return code, said.out, said.err


def a_little_lighter(self: Pillow, image: Held, width: int, height: int) -> Held:
    """What stands for a resize of Pillow's: the corner, five levels lighter, its first value by fifty."""
    pixels: Pixels = self.pixels(image)[:height, :width] // 2 + np.uint8(5)
    pixels[0, 0, 0] += 45
    return self.image(pixels)


def corner(self: object, image: Held, width: int, height: int) -> Held:
    return self.image(self.pixels(image)[:height, :width] // 2)  # type: ignore[attr-defined]


def test_differences_are_told_step_by_step(
    blobs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnlab.data.images.vips import Vips

    monkeypatch.setattr(Vips, "resize", corner)
    monkeypatch.setattr(Pillow, "resize", a_little_lighter)
    words = [str(blobs / "blobs"), "--data-loaders=vips,pillow", "--resize=10", "--samples=9", "--json"]
    code, out, _ = differed(capsys, *words, "--output=worst.png")
    assert code == 4
    found = json.loads(out)
    assert (found["data_loaders"], found["pictures"], found["within"]) == (["Vips", "Pillow"], 9, False)
    decode, alpha, resize = found["steps"]
    for same in (decode, alpha):
        assert (same["mean"], same["p99"], same["maximum"], same["worst"]["mean"]) == (0, 0, 0, 0)
    mean = (5 * 299 + 50) / 300
    assert resize["mean"] == pytest.approx(mean)
    assert (resize["step"], resize["p99"], resize["maximum"]) == ("Resize", 5, 50)
    assert resize["worst"] == {"source": "blue/blue-00.png", "mean": pytest.approx(mean)}
    assert (found["run"], found["predictions"]) == (None, [])
    assert Path("worst.png").is_file()
    code, out, _ = differed(capsys, *words[:-1], "--tolerance=5.2")
    assert code == 0
    assert out.splitlines()[-1] == ("within the tolerance: no prepared picture differs by more than 5.2 in its mean")


def test_the_answers_of_a_run_that_change_are_counted(
    blobs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    train = [
        "train",
        str(blobs / "blobs"),
        "--epochs=10",
        "--resize=8",
        "--model=OneLayer",
        "-q",
        "--learning-rate=0.1",
    ]
    assert main(train) == 0
    capsys.readouterr()
    words = [str(blobs / "blobs"), "--run=latest", "--data-loaders=Pillow,Vips", "--json"]
    code, out, _ = differed(capsys, *words)
    found = json.loads(out)
    assert [step["step"] for step in found["steps"]] == ["decode", "RemoveAlpha", "Resize"]
    (own,) = found["predictions"]
    assert (code, own["data_loader"], own["pictures"], own["changed"]) == (0, "Vips", 36, 0)
    assert 0 < own["largest_difference"] < 0.2

    def inverted(self: Pillow, image: Held, width: int, height: int) -> Held:
        return self.image(255 - self.pixels(image)[:height, :width])

    monkeypatch.setattr(Pillow, "resize", inverted)
    code, out, _ = differed(capsys, *words[:-1])
    assert code == 4
    assert "answers change with Vips" in out and "latest: 0 of" not in out


def test_what_one_library_does_not_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = np.random.default_rng(0)
    for label in ("a", "b"):
        (tmp_path / "set" / label).mkdir(parents=True)
        for number in range(3):
            pixels = chance.integers(0, 256, (20, 20, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "set" / label / f"{number}.png")
    (tmp_path / "set" / "b" / "1.png").write_bytes(b"no picture")
    code, out, _ = differed(capsys, "set", "--data-loaders=Pillow,Vips")
    lines = [f"{name} does not read 1: b/1.png: not an image (it holds text)" for name in ("Pillow", "Vips")]
    assert (code, out.splitlines()[-4:-2]) == (0, lines)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--data-loaders=Vips"], 2, "--data-loaders: needs two image libraries at least"),
        (["--data-loaders=Vips,vips"], 2, "--data-loaders: names Vips twice"),
        (["--data-loaders=Vips,Opencv"], 2, "unknown data loader 'Opencv'"),
        (["--tolerance=-1"], 2, "--tolerance: must be a number from 0 to 255, got '-1'"),
        (["--samples=0"], 2, "--samples: must be a whole number from 1 to 100000, got '0'"),
        (["--output=worst.jpg"], 2, "must be a PNG file, got 'worst.jpg'"),
        (["--run=nowhere"], 5, "nowhere"),
    ],
)
def test_what_cannot_be_is_one_line(
    blobs: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    found, out, err = differed(capsys, str(blobs / "blobs"), *words)
    assert (found, out) == (code, "")
    (line,) = err.splitlines()
    assert said in line


def test_no_picture_is_written_among_the_samples(blobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = differed(capsys, str(blobs / "blobs"), f"--output={blobs / 'blobs' / 'red' / 'worst.png'}")
    assert (code, out) == (2, "") and "lies in the dataset, where it would be read as a sample" in err


def test_a_difference_is_strengthened_by_a_whole_number() -> None:
    one, other = np.full((2, 2, 3), 100, np.uint8), np.full((2, 2, 3), 100, np.uint8)
    other[0, 0] = (103, 80, 100)
    pixels, times = strengthened(one, other)
    assert times == 12
    assert pixels[0, 0].tolist() == [36, 240, 0] and not pixels[1].any()
