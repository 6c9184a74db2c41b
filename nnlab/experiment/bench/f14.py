"""The reference system's own benchmark: the settings it was run with, and what it reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import SettingsSource

SETTINGS: Mapping[str, Any] = {
    "dataset": "numbers",
    "resize": (110, 110),
    "grayscale": True,
    "minmax_normalize": True,
    "trim": True,
    "adaptive_invert": True,
    "model": "NLayers",
    "layers": (100,),
    "optimizer": "Adam",
    "epochs": 100,
}
"""numbers at 110x110, prepared, one layer of 100, Adam, full batch, 100 epochs."""


@dataclass(frozen=True)
class Reported:
    """What the reference system reported of a backend and an image library, on its own machine and its own images.

    Options:  seconds: of the whole run, images included.  memory_mb: MB, as it was printed.
    """

    backend: str
    data_loader: str
    seconds: int
    memory_mb: int
    dev_accuracy: float


REPORTED = (
    Reported("Torch", "ImageMagick", 323, 760, 0.98),
    Reported("Numo", "ImageMagick", 323, 755, 0.98),
    Reported("Numo", "Vips", 367, 862, 0.97),
    Reported("Torch", "Vips", 368, 765, 0.97),
)

OF_NO_ACCOUNT = frozenset(
    {"prepare", "data_loader", "datasets_path", "workers", "disk_cache", "data_memory", "dataset_seed"}
)
"""Settings of the data that leave the benchmark what it is."""


def is_f14(experiment: Experiment) -> bool:
    """Whether an experiment is this benchmark, so that the reported figures may stand beside its own."""
    return experiment.run.epochs == SETTINGS["epochs"] and _essence(experiment) == _essence(_itself())


def _itself() -> Experiment:
    return resolve(SettingsSource("bench", SETTINGS, name="nnlab bench"))


def _essence(experiment: Experiment) -> dict[str, Any]:
    """What makes it this benchmark: the data and how they are prepared, the network, what trains it."""
    tables = {name: dict(table) for name, table in experiment.sections.items() if name != "run"}
    data = {key: value for key, value in tables.pop("data").items() if key not in OF_NO_ACCOUNT}
    return {"data": data, **tables, "chosen": dict(experiment.chosen)}
