"""The plan of an experiment's network: what it is counted for, and what it says as JSON."""

from pathlib import Path

import pytest

from nnlab.core.errors import UsageError
from nnlab.experiment.config import resolve
from nnlab.experiment.grown import Wanted, grows, plan
from nnlab.experiment.sources import from_flags
from nnlab.models.growth import Factors

PLAIN = {"model": "MBConvNet", "resize": (64, 64), "prepare": "none"}


def test_a_plan_without_data() -> None:
    found = plan(resolve(from_flags(PLAIN)), Wanted(Factors(1.2, 1.05, 1.23), (0, 4)))
    assert [row.parameters for row in found.rows] == [50_088, 136_389]  # 10 classes: 8 more than 2, of 41 values each
    assert found.document()["product"] == pytest.approx(2.0016, abs=5e-5)


def test_grey_pictures_and_a_datasets_classes(repository: Path) -> None:
    there = {"datasets_path": str(repository / "datasets"), "dataset": "colors", "grayscale": True}
    (row,) = plan(resolve(from_flags(PLAIN | there)), Wanted(phis=(0,)), with_data=True).rows
    assert row.parameters == 49_760 + 41 - 12 * 2 * 49  # one class more than 2; two channels less in 12 windows of 7x7


def test_refuses_other_models() -> None:
    with pytest.raises(UsageError, match="SmallCnn has no rows of blocks"):
        grows(resolve(from_flags({"model": "SmallCnn"})))
