"""Plans of cells that take no time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from tests.labs import counting  # noqa: F401 (registers the kind)

MakePlan = Callable[..., Plan]


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
