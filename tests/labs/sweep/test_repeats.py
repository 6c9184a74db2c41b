"""Seeds that count up, by each seed or by all their combinations."""

from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import UsageError
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags
from nnlab.labs.sweep.repeats import Repeats, repeats_of
from nnlab.labs.sweep.written import Written


def seeds(blobs: Path, counts: dict[str, int], **base: Any) -> list[tuple[int, int, int | None]]:
    experiment = resolve(from_flags({"dataset": "blobs", "datasets_path": str(blobs), **base}))
    repeats = Repeats(counts)
    every = [repeats.of(experiment, place + 1, f"a_{place}") for place in range(len(repeats.each))]
    return [(each.run.model_seed, each.data.dataset_seed, each.data.order_seed) for each in every]


def test_one_seed_counts_up_from_the_bases(blobs: Path) -> None:
    assert seeds(blobs, {"model_seed": 3}, model_seed=4) == [(4, 0, None), (5, 0, None), (6, 0, None)]
    assert seeds(blobs, {"order_seed": 2}, dataset_seed=3) == [(0, 3, None), (0, 3, 4)]
    assert seeds(blobs, {"order_seed": 2}, order_seed=7) == [(0, 0, 7), (0, 0, 8)]
    assert seeds(blobs, {"seed": 2}, model_seed=1) == [(1, 0, None), (2, 1, None)]


def test_of_two_every_combination(blobs: Path) -> None:
    assert seeds(blobs, {"model_seed": 2, "dataset_seed": 2}) == [
        (0, 0, None),
        (0, 1, None),
        (1, 0, None),
        (1, 1, None),
    ]


def test_without_any_there_is_one() -> None:
    assert Repeats().each == [{}]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (3, "must say how many of a seed"),
        ({}, "must say how many of a seed"),
        ({"modelseed": 2}, "repeat.modelseed: is no seed; did you mean model_seed"),
        ({"model_seed": 0}, "must be a whole number from 1 to 1000, got 0"),
        ({"model_seed": True}, "got True"),
        ({"seed": 2, "model_seed": 2}, "repeat.model_seed: is counted by seed already"),
    ],
)
def test_what_cannot_be(table: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        repeats_of(table, Written("p.toml", "[repeat]\n"))
