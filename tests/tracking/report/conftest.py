"""Run folders made by hand, so that every number in them is known; nothing is trained."""

import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Row = Mapping[str, Any]

CONFIG = """[run]
exp_id = "main"
backend = "numpy"
dtype = "float32"
epochs = 4
model_seed = 7

[data]
dataset = "blobs"
datasets_path = "datasets"
resize = [12, 12]
dataset_seed = 3

[task]
name = "Classification"

[model]
name = "NLayers"
layers = [16, 8]

[optimizer]
name = "Adam"
learning_rate = 0.002

[loss]
name = "CrossEntropy"

[accuracy]
name = "Classes"
"""

NAMES = ["cat", "dog", "owl"]
SUMMARY: Row = {
    "model": "NLayers", "parameters": 1234, "params_per_sample": 30.85, "epochs_run": 4,
    "training": {"loss": 0.25, "accuracy": 0.95, "samples": 40},
    "dev": {"loss": 0.5, "accuracy": 0.75, "samples": 8, "interval": [0.4093, 0.9285], "chance": 0.375},
    "test": {
        "loss": 0.6, "accuracy": 77 / 114, "samples": 114, "interval": [0.585, 0.754], "chance": 0.105,
        "no_better_than_guessing": False,
    },
    "best_epoch": 3, "early_stop_epoch": 4, "stopped": "finished", "avoidable_bias": 0.05, "variance": 0.2,
    "elapsed_s": 75.0, "load_s": 1.5, "peak_memory_mb": 90.0,
    "phases_s": {"load": 1.0, "forward": 20.0, "backward": 40.0, "update": 3.0, "evaluate": 5.0, "checks": 2.0},
    "gradient_checks": {"run": 1, "worst_distance": 2e-9, "failed": 0}, "skipped_images": [], "error": None,
}  # fmt: skip


def png(width: int = 12, height: int = 12, shade: int = 128) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress((b"\0" + bytes([shade]) * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def lines(rows: list[Row]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def metrics(epochs: int = 4) -> list[Row]:
    """Losses fall as 2 / epoch; dev is twice as far."""
    rows: list[Row] = []
    for epoch in range(1, epochs + 1):
        for partition, times in (("training", 1.0), ("dev", 2.0)):
            rows.append(
                {
                    "epoch": epoch,
                    "partition": partition,
                    "loss": 2 * times / epoch,
                    "accuracy": 1 - 0.5 * times / (epoch + 1),
                    "samples": 40,
                    "best": epoch == 3,
                    "seconds": 1.0,
                    "memory_mb": 80.0,
                    "phases_s": {"load": 0.25, "forward": 0.5},
                    "memory_phases_mb": {"load": 70.0, "backward": 90.0},
                }
            )
    return rows


def predictions() -> list[Row]:
    """Test: 3 cats, of which 2 are found; 2 dogs, of which 1 is taken for a cat; 1 owl without answer. Dev: a dog."""
    said = [("cat", "cat", 0.9), ("cat", "cat", 0.8), ("cat", "owl", 0.7), ("dog", "dog", 0.6), ("dog", "cat", 0.95),
            ("owl", None, None)]  # fmt: skip
    rows: list[Row] = [
        {"partition": "dev", "source": "dog/d.png", "actual": "dog", "predicted": "dog", "confidence": 0.5}
    ]
    for place, (actual, predicted, sure) in enumerate(said):
        row = {"partition": "test", "source": f"{actual}/{place}.png", "actual": actual, "predicted": predicted}
        rows.append(row | {"confidence": sure, "probabilities": [0.1, 0.2, 0.7], "loss": 0.1 * (place + 1)})
    return rows


def layers(epochs: int = 4) -> list[Row]:
    rows: list[Row] = []
    for epoch in range(1, epochs + 1):
        for layer in ("dense_1", "relu_1"):
            learns = layer == "dense_1"
            rows.append(
                {
                    "epoch": epoch,
                    "layer": layer,
                    "kind": "Dense" if learns else "ReLU",
                    "units": 16,
                    "activation": {"mean": 0.5, "std": 1.5, "zeros": 0.25},
                    "dead": [] if learns else [3, 11],
                    "gradient_norm": 0.02 if learns else None,
                    "weight_norm": 4.0 if learns else None,
                    "update_ratio": 0.001 * epoch if learns else None,
                }
            )
    return rows


PICTURES: list[Row] = [
    {"file": "pictures/0001.png", "why": "wrong", "partition": "test", "source": "dog/4.png", "actual": "dog",
     "predicted": "cat", "confidence": 0.95, "loss": 3.2, "rank": 1},
    {"file": "pictures/0002.png", "why": "cell", "partition": "test", "source": "dog/4.png", "actual": "dog",
     "predicted": "cat", "confidence": 0.95, "loss": 3.2, "rank": 1},
    {"file": "pictures/0003.png", "why": "seen", "partition": "training", "source": "cat/7.png", "actual": "cat"},
]  # fmt: skip
CHECKS: list[Row] = [
    {"epoch": 1, "step": 1, "kind": "gradient", "parameter": "dense_1.weight", "verdict": "ok", "distance": 2e-9},
    {"epoch": 1, "step": 1, "kind": "gradient", "parameter": "dense_1.bias", "verdict": "no signal", "distance": 0.5},
    {"epoch": 2, "step": 9, "kind": "instability", "parameter": "dense_1.weight"},
]
DESCRIPTION: Row = {
    "schema_version": 1,
    "command": "nnlab train --dataset=blobs --model=NLayers --layers=16,8",
    "names": NAMES,
    "defaults": {"model": {"name": "OneLayer", "layers": [100]}, "optimizer": {"learning_rate": 0.001}},
    "layers": [
        {"name": "dense_1", "kind": "Dense", "inputs": ["input"], "output": [16], "parameters": 6928,
         "multiply_adds": 6912, "activation_bytes": 64},
        {"name": "relu_1", "kind": "ReLU", "inputs": ["dense_1"], "output": [16], "parameters": 0, "multiply_adds": 0,
         "activation_bytes": 64},
    ],
    "totals": {"parameters": 6928, "multiply_adds": 6912},
}  # fmt: skip


def whole() -> dict[str, str | bytes]:
    """Every file of a run folder, by name."""
    return {
        "config.toml": CONFIG,
        "environment.json": json.dumps({"nnlab": {"version": "0.1"}, "packages": {"numpy": "2.4.6"}}),
        "summary.json": json.dumps(SUMMARY),
        "description.json": json.dumps(DESCRIPTION),
        "metrics.jsonl": lines(metrics()),
        "checks.jsonl": lines(CHECKS),
        "predictions.jsonl": lines(predictions()),
        "layers.jsonl": lines(layers()),
        "pictures.jsonl": lines(PICTURES),
        **{f"pictures/000{number}.png": png(shade=60 * number) for number in (1, 2, 3)},
    }


Maker = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Maker:
    """Makes a run folder of these files, of all of a whole run by default; `None` leaves a file out."""

    def make(changes: Mapping[str, str | bytes | None] | None = None, *, name: str = "20260101-000000-main-1") -> Path:
        folder = tmp_path / "runs" / name
        for file, content in (whole() | dict(changes or {})).items():
            if content is None:
                continue
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return make


@pytest.fixture
def rows() -> Any:
    """The makers of records, since test folders are no packages to import from."""

    class Makers:
        lines: Callable[[list[Row]], str] = staticmethod(lines)
        metrics: Callable[..., list[Row]] = staticmethod(metrics)
        predictions: Callable[[], list[Row]] = staticmethod(predictions)
        layers: Callable[..., list[Row]] = staticmethod(layers)
        png: Callable[..., bytes] = staticmethod(png)
        pictures = PICTURES
        summary = SUMMARY
        config = CONFIG

    return Makers
