"""What comes of a cell that a cluster was asked for: nothing that was left of it is lost before more is home."""

from pathlib import Path

import pytest

from nnlab.core.errors import RunError
from nnlab.labs.engines.asked import Asked
from nnlab.labs.engines.shipped import packed
from nnlab.labs.left import write_cost
from nnlab.labs.row import done
from nnlab.labs.study_folder import StudyFolder
from tests.labs.conftest import MakePlan

COST = {"wall_s": 2.0, "cpu_s": 1.0, "peak_memory_mb": 1.0}


@pytest.fixture
def asked(tmp_path: Path, plan_of: MakePlan) -> Asked:
    """A cell of which one epoch was left, asked for again."""
    plan = plan_of("a")
    study, (cell,) = StudyFolder.create(tmp_path / "runs", plan), plan.cells
    left = study.place(cell).with_name(f"{study.place(cell).name}.left")
    left.mkdir()
    write_cost(left, COST)
    (left / "epochs").write_text("1")
    return Asked.of(cell, study)


def sent(folder: Path, epochs: str, *, left: bool) -> bytes:
    """A folder as a worker sends it."""
    folder.mkdir()
    (folder / "epochs").write_text(epochs)
    if left:
        write_cost(folder, COST)
    return packed(folder)


def kept(asked: Asked) -> dict[str, str]:
    """What lies beside the cell's place, by its ending."""
    return {path.suffix: (path / "epochs").read_text() for path in asked.place.parent.iterdir()}


def test_what_was_left_goes_along_and_stays_until_more_is_home(asked: Asked, tmp_path: Path) -> None:
    assert asked.baggage == (b"", packed(asked.part)) and kept(asked) == {".part": "1"}
    assert asked.home(None, sent(tmp_path / "killed", "0", left=False)) is None  # its time ran out amid an epoch
    assert kept(asked) == {".part": "1"}
    assert asked.home(None, sent(tmp_path / "left", "2", left=True)) is None
    asked.put_aside()
    assert kept(asked) == {".left": "2"}


def test_it_is_gone_when_the_cell_has_its_place(asked: Asked, tmp_path: Path) -> None:
    row = done(asked.cell, {}, COST)
    assert asked.home(row, sent(tmp_path / "done", "3", left=False)) == row
    asked.put_aside()
    assert [path.name for path in asked.place.parent.iterdir()] == [asked.cell.folder]
    assert (asked.place / "epochs").read_text() == "3"


def test_what_cannot_be_unpacked_loses_nothing(asked: Asked) -> None:
    with pytest.raises(RunError, match="cannot be unpacked"):
        asked.home(None, b"no tar")
    asked.put_aside()
    assert kept(asked) == {".left": "1"}


def test_a_death_is_counted_once(asked: Asked) -> None:
    asked.died("one")  # before it said that it had begun
    asked.known = 1
    asked.workers.append("two")
    asked.died("two")
    assert asked.workers == ["one", "two"]
    assert asked.killer(2)["reason"] == "its worker died 2 times (one, two)"
