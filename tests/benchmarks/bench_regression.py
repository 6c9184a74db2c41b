"""How far off NLayers is about the angle of rotated_digits, beside a constant and a ridge regression on its pixels.

    python tests/benchmarks/bench_regression.py [SEEDS]

Draws the set, trains everything on the same partitions in one run, and prints the table of
docs/experiments/regression.md: mean absolute error, root mean squared error and R2 of the test samples, in degrees. Of
what has a model seed, mean and standard deviation. Nothing is chosen by test: weights by dev, as ever, and so is the
ridge's penalty.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean, stdev

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge

from nnlab.cli.main import main as nnlab
from nnlab.core.truths import Rows, rows_of
from nnlab.data.pipeline import Data, Partition
from nnlab.experiment.config import resolve
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_flags
from nnlab.metrics.base import METRICS

EPOCHS = 60

SETTINGS = {"task": "Regression", "dataset": "rotated_digits", "resize": (16, 16), "grayscale": True, "epochs": EPOCHS}
"""nnlab train --task=Regression --dataset=rotated_digits --resize=16 --grayscale --epochs=60"""

NETWORKS = {
    "NLayers(100)": {"model": "NLayers"},
    "NLayers(100), Huber": {"model": "NLayers", "loss": "Huber", "delta": 5.0},
    "NLayers(100), absolute": {"model": "NLayers", "loss": "MeanAbsoluteError"},
    "NLayers(100), minibatches of 64": {"model": "NLayers", "max_minibatch_size": 64},
    "OneLayer, minibatches of 64, 600 epochs": {"model": "OneLayer", "max_minibatch_size": 64, "epochs": 600},
}
"""What is typed besides."""

PENALTIES = tuple(10.0**power for power in range(-4, 5))

FIGURES = {"mae": "AbsoluteError", "rmse": "SquaredError", "r2": "R2"}


def arrays(partition: Partition) -> tuple[np.ndarray, np.ndarray]:
    """Pixels as networks get them, a row for each sample, and what is true of them."""
    batches = list(partition.batches())
    inputs = np.concatenate([batch.inputs.reshape(len(batch), -1) for batch in batches])
    return inputs.astype(np.float64), np.concatenate([rows_of(batch.truths) for batch in batches])


def scored(predicted: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """The figures of nnlab's own metrics."""
    figures = {}
    for name, metric in FIGURES.items():
        made = METRICS.get(metric)()
        made.update(Rows(predicted.reshape(true.shape)), Rows(true))
        figures[name] = made.compute()
    return figures


def peers(data: Data) -> Iterator[tuple[str, dict[str, float]]]:
    """What a constant and a ridge regression make of the same samples."""
    training, dev, test = (arrays(getattr(data, name)) for name in ("training", "dev", "test"))
    constant = DummyRegressor(strategy="mean").fit(*training)
    yield "constant: the training mean", scored(constant.predict(test[0]), test[1])
    ridges = {penalty: Ridge(alpha=penalty).fit(*training) for penalty in PENALTIES}
    best = min(ridges, key=lambda penalty: scored(ridges[penalty].predict(dev[0]), dev[1])["mae"])
    yield f"ridge regression, penalty {best:g}", scored(ridges[best].predict(test[0]), test[1])


def line(name: str, runs: list[Mapping[str, float]]) -> str:
    """A row of the table."""
    cells = []
    for figure, digits in {"mae": 2, "rmse": 2, "r2": 3}.items():
        values = [found[figure] for found in runs]
        spread = f" ± {stdev(values):.{digits}f}" if len(values) > 1 else ""
        cells.append(f"{mean(values):.{digits}f}{spread}")
    return f"| {name} | {len(runs)} | {' | '.join(cells)} |"


def main(seeds: int = 5) -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        nnlab(["data", "make", "rotated_digits", f"--datasets-path={folder}", "--quiet"])
        common = {**SETTINGS, "datasets_path": folder, "runs_dir": f"{folder}/runs", "disk_cache": False, "threads": 1}
        print("| | seeds | MAE | RMSE | R2 |\n|---|---|---|---|---|")
        data: Data | None = None
        for name, options in NETWORKS.items():
            outcomes = [run(resolve(from_flags({**common, **options, "model_seed": seed}))) for seed in range(seeds)]
            if data is None:
                data = outcomes[0].parts.data
                for peer, figures in peers(data):
                    print(line(peer, [figures]))
            print(line(name, [outcome.summary["test"] for outcome in outcomes]), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
