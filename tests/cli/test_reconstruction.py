"""Pictures through a code and back, as users type it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.write.verify import opened
from nnlab.tracking.run import read_run


@pytest.fixture
def bars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pictures 8x8 of a white bar on black, where two numbers say everything."""
    monkeypatch.chdir(tmp_path)
    generator, folder = np.random.default_rng(0), tmp_path / "bars"
    folder.mkdir()
    for number in range(80):
        pixels = np.zeros((8, 8), np.uint8)
        pixels[:, generator.integers(0, 7) :][:, : generator.integers(1, 3)] = 255
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


TASK = ("--task=Reconstruction", "--grayscale", "--resize=8", "--threads=1", "--no-disk-cache")
SMALL = (*TASK, "--code=4", "--hidden=24", "--learning-rate=0.01", "--max-minibatch-size=14", "--gradient-checks=off")


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    def typed(*words: str, code: int = 0) -> tuple[str, str]:
        capfd.readouterr()
        got = main([*words])
        said = capfd.readouterr()
        assert got == code, said.err
        return said.out, said.err

    return typed


@pytest.mark.parametrize(
    "form",
    [
        (),
        ("--loss=BinaryCrossEntropy", "--backend=torch"),
        ("--maps=4", "--batch-norm", "--corrupt=Noise:intensity=0.2", "--augment=HorizontalFlip", "--epochs=12"),
    ],
    ids=["dense", "log-odds", "convolutions"],
)
def test_from_a_folder_to_a_used_file(run: Any, bars: Path, form: tuple[str, ...]) -> None:
    if "torch" in str(form):
        pytest.importorskip("torch")
    out, err = run("train", str(bars), *SMALL, "--epochs=40", *form)
    assert "a code of 4 numbers: 64 bytes of pixels in, 16 of float32 out, 4 to 1" in out
    assert "mean picture" in out and "pca" in out and "PSNR" in out
    summary = read_run("runs/latest").summary
    rows = {row["name"]: row["mse"] for row in summary["baselines"]["rows"]}
    assert summary["test"]["mse"] < rows["mean picture"]
    assert "In and out" in Path("runs/latest/report.html").read_text()
    pictures = [str(bars / f"{place:02}.png") for place in range(3)]
    run("infer", "--run=latest", *pictures, "--output=mine")
    out, _ = run("export", "latest", "--output=whole.onnx")
    assert ("output pictures" in out) is ("--loss=BinaryCrossEntropy" in form)
    run("infer", "--onnx-model=whole.onnx", *pictures, "--output=file")
    for picture in pictures:
        for kind in ("input", "output", "difference"):
            name = f"{Path(picture).stem}.{kind}.png"
            own, theirs = (np.asarray(Image.open(Path(folder) / name)).astype(int) for folder in ("mine", "file"))
            assert own.shape == (8, 8) and np.abs(own - theirs).max() <= 1  # where a pixel is half way between two

    out, _ = run("export", "latest", "--part=encoder", "--output=encoder.onnx", "--json")
    assert json.loads(out)["outputs"] == {"code": "64 bytes of pixels in, 16 bytes (4 numbers) out"}
    run("export", "latest", "--part=decoder", "--output=decoder.onnx")
    whole, encoder, decoder = (onnx.load(f"{name}.onnx") for name in ("whole", "encoder", "decoder"))
    shape = (3, 1, 8, 8) if "--maps=4" in form else (3, 64)
    x = np.random.default_rng(0).random(shape).astype(np.float32)
    joined = opened(ENGINES["numpy"], decoder)(opened(ENGINES["numpy"], encoder)(x))
    np.testing.assert_array_equal(joined, opened(ENGINES["numpy"], whole)(x))
    out, _ = run("infer", "--onnx-model=encoder.onnx", pictures[0], "--json")
    assert [*json.loads(out)["results"][0]["values"]] == ["code_1", "code_2", "code_3", "code_4"]
    _, err = run("infer", "--onnx-model=decoder.onnx", pictures[0], code=5)
    assert "is the decoder of a network: it takes what the part before it gives, no picture" in err


def test_backends_agree(run: Any, bars: Path) -> None:
    pytest.importorskip("torch")
    out, _ = run("compare", str(bars), *SMALL, "--epochs=2", "--dtype=float64", "--corrupt=Noise", "-q")
    assert "equal: numpy and torch agree in every tensor" in out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("train", "bars", *SMALL, "--corrupt=Rotate"), 2, "Rotate moves pixels"),
        (("train", "bars", *SMALL, "--corrupt=Nose"), 2, "did you mean Noise"),
        (("train", "bars", *SMALL, "--accuracy=AbsoluteError"), 2, "--accuracy=AbsoluteError"),
        (("train", "bars", *SMALL, "--cutmix=1"), 2, "--cutmix"),
        (("train", "empty", "--task=Reconstruction"), 5, "has no pictures"),
        (("train", "bars", *TASK, "--prepare=none", "--model=ResNet18"), 2, "ResNet18"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(run: Any, bars: Path, words: tuple[str, ...], code: int, says: str) -> None:
    Path("empty").mkdir()
    _, err = run(*words, code=code)
    assert says in err and len(err.splitlines()) == 1


def test_a_network_of_one_piece_has_no_parts(run: Any, bars: Path) -> None:
    run(
        "train", str(bars), "--task=Reconstruction", "--model=OneLayer", "--resize=8", "--epochs=1", "--grayscale", "-q"
    )
    _, err = run("export", "latest", "--part=encoder", code=2)
    assert "--part=encoder: OneLayer is of one piece; leave it out for the whole" in err
