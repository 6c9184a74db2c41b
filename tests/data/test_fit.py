"""How pictures get their size is kept: by the run, by the file exported of it, and by what is inferred with both."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main

FITS = {
    "letterbox": (["--fit=letterbox", "--padding-color=10,20,30", "--interpolation=area"], "Letterbox"),
    "crop": (["--fit=crop"], "ResizedCrop"),
}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve wide pictures in two classes, whose ends are unlike their middles."""
    for index in range(12):
        folder = tmp_path / "photos" / "ab"[index % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(index).integers(0, 256, (20, 50, 3), dtype=np.uint8)
        pixels[:, :12] = 255 * (index % 2)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    return tmp_path / "photos"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["infer", *words, "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["results"]
    return dict(result)


@pytest.mark.parametrize("fit", FITS)
def test_inference_fits_as_the_run_did(
    fit: str, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(photos.parent)
    flags, name = FITS[fit]
    common = [
        "--resize=10x8",
        "--epochs=3",
        "--gradient-checks=off",
        "--quiet",
        "--batch-norm=false",
        "--model=NLayers",
    ]
    assert main(["train", "photos", *common, *flags]) == 0
    lines = (photos.parent / "runs" / "latest" / "predictions.jsonl").read_text().splitlines()
    row = json.loads(lines[0])
    assert main(["export", "runs/latest", "--output=fitted.onnx"]) == 0
    assert name in Path("fitted.onnx").read_bytes().decode("latin-1")
    for words in (["--run=runs/latest"], ["--onnx-model=fitted.onnx"]):
        # 1e-5: other samples in the batch, so products of float32 are summed in another order
        assert said(capsys, *words, f"photos/{row['source']}")["confidence"] == pytest.approx(
            row["confidence"], abs=1e-5
        )


def test_other_weights_are_told_apart_by_it(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(photos.parent)
    common = ["--resize=10x8", "--epochs=1", "--gradient-checks=off", "--quiet", "--model=OneLayer"]
    assert main(["train", "photos", *common, "--fit=letterbox"]) == 0
    capsys.readouterr()
    assert main(["train", "photos", *common, "--weights=runs/latest"]) == 0
    assert "prepared otherwise: fit=letterbox there, stretch here" in capsys.readouterr().err
