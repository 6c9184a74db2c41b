"""A run's result made by hand, so that every number in its folder is known."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.tracking.sheet import Predictions
from nnlab.training.record import Checkpoint, EpochRecord, Score, TrainingResult

DEV = Score(0.75, {"accuracy": 0.5}, 4)


def epoch(number: int, epochs: int = 2, loss: float = 0.5, dev: Score | None = DEV) -> EpochRecord:
    return EpochRecord(
        epoch=number,
        epochs=epochs,
        training=Score(loss, {"accuracy": 0.875}, 8),
        dev=dev,
        penalty=0.125,
        best=True,
        seconds=0.25,
        phases_s={"load": 0.125},
        memory_mb=50.0,
        memory_phases_mb={"forward": 40.5},
    )


def predictions(actual: list[int], predicted: list[int]) -> Predictions:
    """What was said of samples, each time with a confidence of 0.8."""
    return Predictions(np.array(actual), np.array(predicted), np.full(len(actual), 0.8, np.float32))


def result(**changes: Any) -> TrainingResult:
    fields: dict[str, Any] = {
        "epochs": 2,
        "history": (epoch(1), epoch(2)),
        "best_epoch": 2,
        "early_stop_epoch": None,
        "stopped": "finished",
        "final": {
            "training": Score(0.5, {"accuracy": 0.875}, 8),
            "dev": Score(0.75, {"accuracy": 0.5}, 4),
            "test": Score(0.625, {"accuracy": 0.75}, 4),
        },
        "best_state": {"dense_1.weight": np.arange(6, dtype=np.float32).reshape(2, 3)},
        "last_state": {"dense_1.weight": np.ones((2, 3), np.float32)},
        "optimizer_state": {"step": np.array(2), "dense_1.weight/mean": np.zeros((2, 3), np.float32)},
        "steps": 2,
        "unfinished_steps": 0,
        "phases_s": {"load": 0.25, "forward": 0.5, "checks": 0.125},
        "elapsed_s": 1.5,
        "peak_memory_mb": 90.0,
    }
    fields |= changes
    return TrainingResult(**({"checkpoint": checkpoint(fields)} | fields))


def checkpoint(fields: dict[str, Any]) -> Checkpoint:
    return Checkpoint(
        history=fields["history"],
        steps=fields["steps"],
        state=fields["last_state"],
        optimizer_state=fields["optimizer_state"],
        best_state=fields["best_state"],
        counts={"GradientChecks": {"checks": 1, "worst_distance": 1e-9}},
    )


@pytest.fixture
def made() -> Any:
    """The three makers above, since test folders are no packages to import from."""

    class Makers:
        epoch: Callable[..., EpochRecord] = staticmethod(epoch)
        predictions: Callable[..., Predictions] = staticmethod(predictions)
        result: Callable[..., TrainingResult] = staticmethod(result)

    return Makers


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the disk run full: from then on `os.fsync` fails, as it does when delayed writes find no room."""

    def fill() -> None:
        def fsync(handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", fsync)

    return fill
