"""Experiments small enough to train in a blink."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_flags

SMALL = {"dataset": "blobs", "resize": "12,12", "epochs": "3", "threads": "1"}
NETWORK = {"model": "NLayers", "layers": "8"}


@pytest.fixture
def experiment(blobs: Path) -> Callable[..., Experiment]:
    """An experiment on the small set; settings may be added."""

    def made(**settings: Any) -> Experiment:
        network = {} if "model" in settings else NETWORK
        return resolve(from_flags({**SMALL, **network, "datasets_path": str(blobs), **settings}))

    return made
