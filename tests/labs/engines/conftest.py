"""Trials of a small network on a set that ships, some seconds each; a cluster of two workers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from nnlab.experiment.sources import SettingsSource
from nnlab.labs.cell import Cell
from nnlab.labs.studies.varied import Variation, varied
from tests.labs import undrawn  # noqa: F401 (registers the kind)
from tests.labs.engines.clusters import DaskCluster, dask_cluster

TRIAL: dict[str, Any] = {
    "dataset": "numbers", "model": "NLayers", "layers": "16", "resize": "16", "epochs": 2, "threads": 1,
    "gradient_checks": "off", "display_graphs": False, "disk_cache": True, "eval_test": False,
}  # fmt: skip


def trials(count: int, **more: Any) -> Sequence[Cell]:
    """So many, which differ in their learning rate.  Options:  more: settings of all."""
    rates = [round(0.001 * (1 + number), 6) for number in range(count)]
    variations = [Variation(f"rate {rate}", {"learning_rate": rate}) for rate in rates]
    cells = varied(variations, 1, SettingsSource("flag", {**TRIAL, **more})).cells
    return [replace(cell, kind="Undrawn") for cell in cells]


@pytest.fixture(scope="module")
def planned() -> Sequence[Cell]:
    """Two trials."""
    return trials(2)


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """Two workers of one thread each; in a file that says KILLS they are started again when they die."""
    pytest.importorskip("distributed", reason="the extra [sweep] is not installed")
    kills = getattr(request.module, "KILLS", False)
    with dask_cluster(tmp_path_factory.mktemp("cluster"), 2, nannies=kills) as cluster:
        yield cluster
