"""What holds of every engine, those of other packages included: rows, folders, and the same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from nnlab.core import registry
from nnlab.core.errors import UsageError
from nnlab.labs.cell import Cell
from nnlab.labs.engine import run
from nnlab.labs.engines.base import ENGINES, Engine, EngineOptions, Watcher, engine_named
from nnlab.labs.evidence import evidence_of
from nnlab.labs.plan import Plan
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.work import worked
from tests.labs.conftest import MakePlan
from tests.labs.engines.clusters import REPOSITORY, plugin
from tests.labs.engines.conftest import TRIAL, trials
from tests.labs.here import Here

MakeEngine = Callable[..., Engine]

LONG = 40
"""Epochs."""

NAMES = [engine.__name__ for engine in ENGINES] + ["Here"]


class Offered:
    """An entry point of another package."""

    name, value = "Here", "tests.labs.here:Here"

    def load(self) -> type[Engine]:
        return Here


@pytest.fixture
def another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that brings an engine: found by its entry point, as kinds of work and layers are."""
    monkeypatch.setattr(registry, "entry_points", lambda group: [Offered()] if group == ENGINES.package else [])
    monkeypatch.setattr(ENGINES, "_classes", dict(ENGINES._classes))
    monkeypatch.setattr(ENGINES, "_load", registry.Loading(ENGINES._import_all))


@pytest.fixture(params=NAMES)
def engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, another_package: None
) -> MakeEngine:
    """An engine of each name."""
    monkeypatch.setenv("PYTHONPATH", f"{plugin(tmp_path)}:{REPOSITORY}")  # its processes know the tests' kinds of work
    address = request.getfixturevalue("cluster").address if ENGINES.get(request.param).is_elsewhere else None

    def made(**options: Any) -> Engine:
        return engine_named(request.param.lower(), EngineOptions(address=address, **options))

    return made


def test_an_engine_is_found_by_its_name_and_an_unknown_one_is_refused(another_package: None) -> None:
    assert type(engine_named("here")) is Here
    assert {"Dask", "Local", "Here"} <= set(ENGINES.names())
    with pytest.raises(UsageError, match=r"unknown engine 'locl'; did you mean Local\?"):
        engine_named("locl")


def test_rows_and_folders(tmp_path: Path, plan_of: MakePlan, engine: MakeEngine) -> None:
    class Listening(Watcher):
        def begins(self, cell: Cell, place: int, total: int) -> None:
            heard.append((cell.name, f"begins {place}/{total}"))

        def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
            heard.append((cell.name, event))

        def ended(self, cell: Cell, row: Mapping[str, Any]) -> None:
            heard.append((cell.name, row["status"]))

    heard: list[tuple[str, str]] = []
    plan = plan_of("a", "fails", "skips")
    study = StudyFolder.create(tmp_path / "runs", plan)
    used = engine()
    used.ready(plan.cells)
    finished = run(plan, study, engine=used, watcher=Listening())
    assert [(row["cell"], row["status"], row["exit_code"]) for row in finished.rows] == [
        ("a", "done", 0), ("fails", "failed", 5), ("skips", "skipped", 0),
    ]  # fmt: skip
    assert [what for name, what in heard if name == "a"] == ["begins 1/3", "epoch", "done"]
    assert (study.place(plan.cells[0]) / "answer").read_text() == "a"
    assert not list(study.folder.glob("cells/*.part"))
    assert len((study.folder / "rows.jsonl").read_text().splitlines()) == 3


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, planned: Sequence[Cell]) -> Iterator[list[Mapping[str, str]]]:
    """What each trial comes to as a command of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.experiment.run._Session._draw", lambda session, result: None)
        yield [_alone(cell, tmp_path_factory.mktemp("alone")) for cell in planned]


def _alone(cell: Cell, runs: Path) -> Mapping[str, str]:
    rate = cell.job["settings"]["optimizer"]["learning_rate"]
    flags = {**TRIAL, "learning_rate": rate, "runs_dir": str(runs)}
    assert main(["train", "--quiet", *(f"--{key.replace('_', '-')}={value}" for key, value in flags.items())]) == 0
    return evidence_of(runs / "latest")


def test_a_trial_comes_to_the_same_bytes_as_alone(
    tmp_path: Path, engine: MakeEngine, planned: Sequence[Cell], alone: list[Mapping[str, str]]
) -> None:
    """Whatever has it done, two at once, in another order."""
    used = engine(workers=2)
    if type(used) is Here:
        pytest.skip("it trains in this process, as they were trained alone")
    plan = Plan("study-test", "study", {}, {"run": {"exp_id": "main"}}, tuple(reversed(planned)))
    study = StudyFolder.create(tmp_path / "runs", plan)
    rows = run(plan, study, engine=used).rows
    assert [row["status"] for row in rows] == ["done"] * len(planned)
    found = {row["identity"]: evidence_of(study.folder / row["result"]["run"]) for row in rows}
    assert [found[cell.identity] for cell in planned] == alone
    assert set(alone[0]) == {"metrics.jsonl", "predictions.jsonl", "weights/best.safetensors"}
    assert len({one["weights/best.safetensors"] for one in alone}) == len(alone)  # they are different trials


@pytest.fixture(scope="module")
def longer() -> Cell:
    """A trial that Ctrl-C comes amid."""
    return trials(1, epochs=LONG)[0]


@pytest.fixture(scope="module")
def never_ended(tmp_path_factory: pytest.TempPathFactory, longer: Cell) -> Mapping[str, str]:
    """What it comes to by itself."""
    folder = tmp_path_factory.mktemp("never") / "run"
    row = worked(longer, folder, lambda *_, **__: None)
    return evidence_of(folder / Path(row["result"]["run"]).name)


def test_a_training_that_ctrl_c_ended_goes_on_and_comes_to_the_same_bytes(
    tmp_path: Path, engine: MakeEngine, longer: Cell, never_ended: Mapping[str, str]
) -> None:
    class Listening(Watcher):
        waited_for = 0

        def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
            assert event == "epoch"
            epochs.append(said["done"])
            if len(epochs) == 1:
                raise KeyboardInterrupt

        def leaves(self, cells: int) -> None:
            self.waited_for = cells

    epochs, watcher, used = list[int](), Listening(), engine()
    if type(used) is Here:
        pytest.skip("Ctrl-C ends it as it ends the command: it has no processes that could be told")
    plan = Plan("study-test", "study", {}, {}, (longer,))
    study = StudyFolder.create(tmp_path / "runs", plan)
    with pytest.raises(KeyboardInterrupt):
        run(plan, study, engine=used, watcher=watcher)
    (left,) = (study.folder / "cells").glob(f"{longer.folder}.left/*/metrics.jsonl")
    done = len(left.read_text().splitlines()) // 2  # of each epoch a line for training and one for dev
    assert 0 < done < LONG and watcher.waited_for == 1
    (row,) = run(plan, study, engine=used, watcher=watcher).rows
    assert epochs[1] > done  # none is trained twice
    assert evidence_of(study.folder / row["result"]["run"]) == never_ended
    assert [path.name for path in (study.folder / "cells").iterdir()] == [longer.folder]
    assert len(list(study.place(longer).iterdir())) == 2  # its run and its row
