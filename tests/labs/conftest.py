"""Plans of cells that take no time; a small run that learnt from crops."""

from collections.abc import Callable
from pathlib import Path

import pytest

import nnlab
from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from nnlab.labs.resolution.subject import Subject
from tests.labs import counting  # noqa: F401 (registers the kind)

MakePlan = Callable[..., Plan]

CROPPED = "RandomResizedCrop:scale=0.25,0.25,ratio=1,1"
"""Half of each side: things are twice as large as in a test."""

SETTINGS = {
    "model": "SmallCnn", "widths": (4, 6), "global_pooling": True, "resize": (16, 16), "epochs": 1,
    "max_minibatch_size": 32, "augment": (CROPPED, "HorizontalFlip"), "disk_cache": False, "gradient_checks": "off",
    "instability_checks": "off", "display_graphs": False, "threads": 1,
}  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A line for each time that work was done."""
    return tmp_path / "log"


@pytest.fixture
def plan_of(log: Path) -> MakePlan:
    """A plan whose cells do what is said, each so many times."""

    def made(*does: str, repeats: int = 1) -> Plan:
        cells = [
            Cell(text, "Counting", {"does": f"{text}{' ' * (repeat - 1)}", "log": str(log)}, repeat)
            for text in does
            for repeat in range(1, repeats + 1)
        ]
        settings = {"run": {"exp_id": "main", "epochs": 3}, "data": {"dataset": "numbers"}}
        return Plan("study-test", "study", {"repeats": repeats}, settings, tuple(cells))

    return made


@pytest.fixture(scope="session")
def cropped(tmp_path_factory: pytest.TempPathFactory, blobs: Path) -> Path:
    """The folder of a run of SmallCnn with a global pool."""
    runs = tmp_path_factory.mktemp("cropped")
    return Path(nnlab.train(str(blobs / "blobs"), runs_dir=str(runs), **SETTINGS).folder)


@pytest.fixture
def subject(cropped: Path) -> Subject:
    """That run, looked at."""
    return Subject.of(cropped)
