"""False alarms of `nnlab compare`: clean runs of these architectures, numpy against torch, ten seeds each.

    .venv/bin/python tests/benchmarks/bench_parity.py [SEEDS]

Any convention or bug that is found here is a false alarm, because nothing is wrong.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from nnlab.checks.parity.result import GRAVE, Comparison
from nnlab.data.images.vips import Vips
from nnlab.experiment.compare import compare
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags

ARCHITECTURES: dict[str, dict[str, Any]] = {
    "one layer": {"model": "OneLayer", "optimizer": "Constant", "learning_rate": 0.1},
    "batch norm, float64": {
        "model": "NLayers",
        "layers": "16",
        "dtype": "float64",
        "learning_rate": 0.01,
    },
    "bias before batch norm, tanh, dropout, penalty": {
        "model": "NLayers",
        "layers": "12,8",
        "activation": "Tanh",
        "bias": True,
        "dropout_rate": 0.3,
        "weight_decay": 1e-3,
        "max_minibatch_size": 12,
    },
    "plain ReLU, momentum, clipping, penalty": {
        "model": "NLayers",
        "layers": "16,16",
        "activation": "ReLU",
        "batch_norm": False,
        "optimizer": "Momentum",
        "learning_rate": 0.05,
        "weight_decay": 1e-2,
        "clip_norm": 1.0,
        "max_minibatch_size": 9,
    },
    "convolutions by Winograd's form": {
        "model": "SmallCnn",
        "widths": "8,8",
        "convolution": "winograd",
        "max_minibatch_size": 15,
    },
    "residual blocks by Winograd's form, float64": {
        "model": "ResNet18",
        "stem": "small",
        "blocks": "1,1",
        "width": 0.125,
        "convolution": "winograd",
        "dtype": "float64",
        "max_minibatch_size": 15,
    },
    "deep sigmoid, RMSProp, fused, float64": {
        "model": "NLayers",
        "layers": "10,10,10",
        "activation": "Sigmoid",
        "fused": True,
        "optimizer": "RMSProp",
        "schedule": "Cosine",
        "dtype": "float64",
        "max_minibatch_size": 10,
    },
}
"""Perceptrons and networks of images: with and without BatchNorm, biases without signal, dropout, penalty, minibatches,
both dtypes."""

EPOCHS = 12


def clean_run(name: str, seed: int, datasets_path: Path, epochs: int = EPOCHS, **data: Any) -> Comparison:
    """One architecture on numpy and torch."""
    given = {"epochs": epochs, "model_seed": seed, "dataset_seed": seed, "resize": "8,8", "threads": 1}
    flags = {**ARCHITECTURES[name], **given, "datasets_path": str(datasets_path), **data}
    return compare(resolve(from_flags(flags)), ("numpy", "torch"))


def draw(folder: Path) -> None:
    """Three classes of twenty 12x12 images, two rows of which are the same in all: features without signal."""
    library, generator = Vips(), np.random.default_rng(0)
    for channel, name in enumerate(("red", "green", "blue")):
        (folder / "squares" / name).mkdir(parents=True)
        for number in range(20):
            pixels = generator.integers(0, 90, (12, 12, 3), dtype=np.uint8)
            pixels[:2] = 7
            pixels[2:10, 2:10, channel] = generator.integers(180, 256)
            library.write_png(library.image(pixels), folder / "squares" / name / f"{number:02}.png")


def main() -> int:
    """Prints a line for each architecture; the exit code is 4 when there was a false alarm."""
    seeds, alarms = int(sys.argv[1]) if len(sys.argv) > 1 else 10, 0
    print(f"{'architecture':48} runs  steps  false alarms  ms/step  worst with signal")
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder))
        for name in ARCHITECTURES:
            found, taken = [], []
            for seed in range(seeds):
                began = time.process_time()
                found.append(clean_run(name, seed, Path(folder), dataset="squares"))
                taken.append(1000 * (time.process_time() - began) / found[-1].steps)
            false = [one for run in found for one in run.divergences if one.kind in GRAVE]
            alarms += len(false)
            worst = max((run.worst for run in found), key=lambda pair: pair[1])
            steps = sum(run.steps for run in found)
            print(
                f"{name:48} {seeds:4} {steps:6} {len(false):13} {median(taken):8.1f}  {worst[1]:.1e} in {worst[0]}",
                flush=True,
            )
            for one in false:
                print(f"    step {one.step}: {one.tensor}: {one.says}")
    return 4 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
