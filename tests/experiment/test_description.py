"""What a run was made of."""

import json
from pathlib import Path

from nnlab.experiment.build import build
from nnlab.experiment.config import resolve
from nnlab.experiment.description import description, differing
from nnlab.experiment.sources import from_flags


def test_the_command_the_layers_and_what_differs(blobs: Path, cache_folder: Path) -> None:
    flags = {"datasets_path": str(blobs), "dataset": "blobs", "model": "NLayers", "layers": "5", "epochs": "3",
             "runs_dir": "/elsewhere", "threads": "1", "resize": "4,4"}  # fmt: skip
    experiment = resolve(from_flags(flags))
    document = json.loads(description(experiment, build(experiment))["description.json"])
    assert document["names"] == ["blue", "green", "red"]
    assert "--model=NLayers --layers=5" in document["command"] and "elsewhere" not in document["command"]
    dense = document["layers"][0]
    assert (dense["name"], dense["kind"], dense["output"]) == ("dense_1", "Dense", [5])
    assert dense["multiply_adds"] == 4 * 4 * 3 * 5 and document["totals"]["multiply_adds"] == 4 * 4 * 3 * 5 + 5 * 3


def test_only_what_somebody_chose_differs(blobs: Path, cache_folder: Path) -> None:
    experiment = resolve(from_flags({"datasets_path": str(blobs), "dataset": "blobs", "learning_rate": "0.5"}))
    found = differing(experiment)
    assert found["optimizer"] == {"learning_rate": 0.001}
    assert "threads" not in found.get("run", {}) and "model" not in found
