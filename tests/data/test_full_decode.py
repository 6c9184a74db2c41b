"""Photos that are reduced while they are decoded: when they are, and that a run and its inference see the same."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load, wanted_size


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve JPEGs of 160 x 128 pixels with detail that a reduction changes, in two classes."""
    for index in range(12):
        folder = tmp_path / "photos" / "ab"[index % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(index).integers(0, 256, (128, 160, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.jpg", quality=95)
    return tmp_path / "photos"


def pixels(folder: Path, **options: Any) -> np.ndarray:
    data = load(DataOptions(dataset=folder.name, datasets_path=str(folder.parent), resize=(10, 8), **options))
    return np.stack([data.training.pixels(index) for index in range(len(data.training))])


def test_the_size_is_known_where_nothing_looks_at_the_whole_before() -> None:
    assert wanted_size(DataOptions(resize=(10, 8))) == (10, 8)
    assert wanted_size(DataOptions(resize=(10, 8), trim=True)) is None
    assert wanted_size(DataOptions(resize=(10, 8), full_decode=True)) is None


@pytest.mark.parametrize("library", ["Vips", "ImageMagick", "Pillow"])
def test_full_decode_is_another_preparation_and_kept_apart(library: str, photos: Path, cache_folder: Path) -> None:
    reduced, full = (pixels(photos, data_loader=library, full_decode=full) for full in (False, True))
    assert not np.array_equal(reduced, full)
    for expected, option in ((reduced, False), (full, True)):
        np.testing.assert_array_equal(pixels(photos, data_loader=library, full_decode=option), expected)
    assert len(list(cache_folder.rglob("*.images"))) == 2


def test_inference_sees_what_the_run_saw(photos: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(photos.parent)
    flags = ["--resize=10x8", "--epochs=3", "--gradient-checks=off", "--quiet", "--batch-norm=false", "--model=NLayers"]
    for more in ([], ["--full-decode"]):
        assert main(["train", "photos", *flags, *more]) == 0
        lines = (photos.parent / "runs" / "latest" / "predictions.jsonl").read_text().splitlines()
        row = json.loads(lines[0])
        capsys.readouterr()
        assert main(["infer", "--run=runs/latest", f"photos/{row['source']}", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)["results"][0]
        # 1e-5: other samples in the batch, so products of float32 are summed in another order
        assert said["confidence"] == pytest.approx(row["confidence"], abs=1e-5)
