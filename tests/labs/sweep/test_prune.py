"""Successive halving: its rungs, and who goes on."""

from typing import Any

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.sweep.prune import Halving, halving_of
from nnlab.labs.sweep.written import Written

WRITTEN = Written("p.toml", "[prune]\neta = 3\n")


@pytest.mark.parametrize(
    ("table", "epochs", "rungs"),
    [
        ({}, 81, (9, 27, 81)),
        ({}, 20, (2, 6, 18, 20)),
        ({"epochs": 1, "eta": 2}, 6, (1, 2, 4, 6)),
        ({"epochs": 5}, 8, (5, 8)),
        ({}, 2, (1, 2)),
    ],
)
def test_rungs(table: Any, epochs: int, rungs: tuple[int, ...]) -> None:
    assert halving_of(table, epochs, WRITTEN).rungs == rungs


def test_a_third_goes_on_rounded_up() -> None:
    halving = Halving((1, 3, 9), 3)
    assert halving.survivors([(0.1,), (0.9,), (0.5,), (0.7,)]) == [1, 3]
    assert halving.survivors([(0.5, -2.0), (0.5, -1.0), (0.5, -3.0)]) == [1]  # of one figure the lower loss
    assert halving.survivors([(0.5, -1.0), (0.5, -1.0), (0.5, -1.0)]) == [0]  # of equals the first
    assert halving.survivors([None, None, None, (-2.0,)]) == [3]  # what failed never goes on
    assert halving.survivors([None]) == []


def test_how_much_it_is() -> None:
    halving = Halving((1, 3, 9), 3)
    assert halving.counts(10) == [10, 4, 2]
    assert halving.whole(halving.counts(10)) == pytest.approx((10 * 1 + 4 * 2 + 2 * 6) / 9)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (3, "must be a table"),
        ({"eta": 1}, "line 2: prune.eta: must be a whole number of at least 2, got 1"),
        ({"epochs": 9}, "must be below the 9 epochs of a whole training, got 9"),
        ({"epoch": 1}, "prune.epoch: has no such option; did you mean epochs"),
    ],
)
def test_what_cannot_be(table: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        halving_of(table, 9, WRITTEN)
