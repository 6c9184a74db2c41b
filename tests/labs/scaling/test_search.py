"""The plan of a search: the base and every point as trainings that leave test unopened."""

from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.experiment.sources import SettingsSource, from_flags
from nnlab.labs.scaling.search import BASE, Search, search_plan


def flags(blobs: Path, **more: Any) -> SettingsSource:
    return from_flags({"dataset": "blobs", "datasets_path": str(blobs), "max_minibatch_size": 8, "epochs": 1} | more)


def test_the_cells(blobs: Path) -> None:
    plan, grid, _ = search_plan(Search("2,1,1:1.2,1.1,1.15", 2), flags(blobs, resize=(32, 32)))
    assert plan.names == [BASE, "2,1,1", "1.2,1.1,1.15"] and len(plan.cells) == 6
    assert {cell.kind for cell in plan.cells} == {"Grown"}
    seeds = [cell.job["settings"]["run"]["model_seed"] for cell in plan.cells if cell.name == BASE]
    assert seeds == [0, 1]
    for cell in plan.cells:
        assert cell.job["settings"]["run"]["eval_test"] is False
    (last, *_) = (cell.job["settings"] for cell in plan.cells if cell.name == "1.2,1.1,1.15")
    assert (last["model"]["depth"], last["model"]["width"]) == (1.2, 1.1) and list(last["data"]["resize"]) == [37, 37]
    assert grid.rows[BASE].ratio == 1 and grid.rows["2,1,1"].repeats == (1, 2, 4, 2)
    assert not grid.is_equal(BASE)


def test_a_dataset_smaller_than_a_minibatch(blobs: Path) -> None:
    with pytest.raises(DataError, match="has 25 training samples, fewer than a minibatch of 64"):
        search_plan(Search("2,1,1", 1), flags(blobs, max_minibatch_size=64))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"model": "SmallCnn"}, "SmallCnn has no rows of blocks"),
        ({"resize": (8, 8)}, "would read a map of 1 pixel"),
        ({"training_times": 2}, "has no part in a study"),
    ],
)
def test_what_cannot_be(more: dict[str, Any], says: str, blobs: Path) -> None:
    with pytest.raises(UsageError, match=says):
        search_plan(Search("2,1,1", 1), flags(blobs, **more))
