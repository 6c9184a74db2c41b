"""Cells on a Dask cluster of two workers: the same bytes as here, whatever dies."""

import asyncio
import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent import futures
from pathlib import Path
from typing import Any

import psutil
import pytest

from nnlab.core.errors import NnlabError, RunError, UsageError
from nnlab.labs.cell import Cell
from nnlab.labs.engine import Finished, run
from nnlab.labs.engines.base import Engine, EngineOptions, Watcher, engine_named
from nnlab.labs.engines.cluster import Cluster
from nnlab.labs.plan import Plan
from nnlab.labs.study_folder import StudyFolder
from tests.labs.conftest import MakePlan
from tests.labs.engines.clusters import DaskCluster, dask_cluster
from tests.labs.here import Here

distributed = pytest.importorskip("distributed", reason="the extra [sweep] is not installed")

KILLS = True
"""Workers, which are to come back."""


class Telling(Watcher):
    """Keeps what it hears; may do something at the first epoch, and when cells are waited for that leave."""

    def __init__(self, then: Any = None, then_again: Any = None) -> None:
        self.warnings: list[str] = []
        self.events: set[str] = set()
        self.waited_for = 0
        self._then, self._then_again = then, then_again

    def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
        self.events.add(event)
        if event == "warning":
            self.warnings.append(said["line"])
        if event == "epoch" and self._then is not None:
            then, self._then = self._then, None
            then()

    def leaves(self, cells: int) -> None:
        self.waited_for = cells
        if self._then_again is not None:
            self._then_again()


def dask(cluster: DaskCluster, **options: Any) -> Engine:
    return engine_named("dask", EngineOptions(address=cluster.address, **options))


def ran(
    tmp_path: Path, cells: Sequence[Cell], engine: Engine, watcher: Watcher | None = None
) -> tuple[StudyFolder, Finished]:
    plan = Plan("study-test", "study", {}, {"run": {"exp_id": "main"}}, tuple(cells))
    study = StudyFolder.create(tmp_path / "runs", plan)
    return study, run(plan, study, engine=engine, watcher=watcher)


def test_each_becomes_its_row_and_its_folder_comes_back(
    tmp_path: Path, plan_of: MakePlan, cluster: DaskCluster, log: Path
) -> None:
    watcher = Telling()
    engine = dask(cluster, retries=1)
    cells = plan_of("meets 2 one", "meets 2 other", "fails", "poison").cells
    engine.ready(cells)
    study, finished = ran(tmp_path, cells, engine, watcher)
    rows = {row["cell"]: row for row in finished.rows}
    assert {name: row["status"] for name, row in rows.items()} == {
        "meets 2 one": "done", "meets 2 other": "done", "fails": "failed", "poison": "failed",
    }  # fmt: skip
    assert (rows["fails"]["reason"], rows["fails"]["exit_code"]) == ("a.png: is empty", 5)
    assert rows["poison"]["reason"] == "its process ended with code 9: line 29, 2 times"
    assert rows["poison"]["log"][-1] == "line 29" and len(rows["poison"]["log"]) == 20
    assert log.read_text().splitlines().count("poison") == 2  # what a cell says itself is not tried again
    assert log.read_text().splitlines().count("fails") == 1
    assert watcher.warnings == ["its process ended with code 9: line 29; it is begun again, time 2 of 2"]
    place = study.place(cells[0])
    assert (place / "answer").read_text() == "meets 2 one"
    assert json.loads((place / "row.json").read_text()) == rows["meets 2 one"]
    assert not list(study.folder.glob("cells/*.part"))
    assert not list(cluster.home.glob("worker*/**/nnlab-*"))  # nothing stays where it ran


def test_a_cell_goes_on_with_the_folder_of_another(tmp_path: Path, log: Path, cluster: DaskCluster) -> None:
    first = Cell("a", "Counting", {"does": "a", "log": str(log)})
    engine = dask(cluster)
    study, _ = ran(tmp_path, [first], Here())
    then = Cell("reads", "Counting", {"does": "reads", "log": str(log), "after": study.place(first).name})
    plan = Plan("study-test", "study", {}, {}, (first, then))
    assert [row["status"] for row in run(plan, study, engine=engine).rows] == ["done", "done"]
    assert (study.place(then) / "answer").read_text() == "reads a"


def test_a_cell_that_takes_its_worker_along_is_given_up(
    tmp_path: Path, plan_of: MakePlan, log: Path, cluster: DaskCluster
) -> None:
    watcher = Telling()
    _, finished = ran(tmp_path, plan_of("kills", "a").cells, dask(cluster, retries=1), watcher)
    kills, other = finished.rows
    assert (kills["status"], kills["exit_code"], other["status"]) == ("failed", 1, "done")
    assert kills["reason"].startswith("its worker died 2 times (tcp://127.0.0.1:")
    assert len(watcher.warnings) == 1 and watcher.warnings[0].endswith("it is begun again, time 2 of 2")


def stop() -> None:
    raise KeyboardInterrupt


def test_a_cell_that_does_not_leave_in_time_is_given_up_and_its_worker_free(
    tmp_path: Path, plan_of: MakePlan, cluster: DaskCluster, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnlab.labs.engines.turn.LEAVE_S", 0.5)
    late = Telling(stop)
    with pytest.raises(KeyboardInterrupt):
        ran(tmp_path, plan_of("deaf 600").cells, dask(cluster), late)
    assert late.warnings == ["what it did is lost: its worker is gone, or did not leave it within 0.5 s"]
    monkeypatch.setattr("nnlab.labs.engines.turn.LEAVE_S", 600.0)
    again = Telling(stop, then_again=stop)
    with pytest.raises(KeyboardInterrupt):
        ran(tmp_path, plan_of("deaf 601").cells, dask(cluster), again)
    assert again.waited_for == 1 and not again.warnings
    end = time.monotonic() + 60
    while at_work := _at_work(cluster):
        assert time.monotonic() < end, at_work
        time.sleep(0.1)


def _at_work(cluster: DaskCluster) -> list[psutil.Process]:
    """Processes of cells."""
    every = [each for worker in cluster.workers for each in psutil.Process(worker.pid).children(recursive=True)]
    return [each for each in every if _does_cells(each)]


def _does_cells(process: psutil.Process) -> bool:
    try:
        return "nnlab.labs.work" in process.cmdline()
    except psutil.Error:
        return False


def test_data_that_are_others_where_it_runs_are_refused(
    tmp_path: Path, cluster: DaskCluster, planned: Sequence[Cell]
) -> None:
    cell = planned[0]
    said = cell.job["meaning"]
    data = Cell("data", "Train", {**cell.job, "meaning": {**said, "content": "0" * 16}})
    code = Cell("code", "Train", {**cell.job, "meaning": {**said, "versions": {**said["versions"], "numpy": "1.0"}}})
    watcher = Telling()
    _, finished = ran(tmp_path, [data, code], dask(cluster), watcher)
    (first, second) = finished.rows
    assert (first["status"], first["exit_code"], second["exit_code"]) == ("failed", 5, 1)
    assert first["reason"].startswith("worker tcp://127.0.0.1:")
    assert f"its data are others: digest {said['content']} there, {'0' * 16} here" in first["reason"]
    assert f"its version of numpy is {said['versions']['numpy']} there, 1.0 here" in second["reason"]
    assert "epoch" not in watcher.events  # before it trains


def test_without_a_scheduler_it_ends_in_a_line_and_goes_on_with_another(
    tmp_path: Path, plan_of: MakePlan, log: Path, cluster: DaskCluster
) -> None:
    plan = plan_of("a", "meets 3 times")  # which waits for a second try
    study = StudyFolder.create(tmp_path / "runs", plan)
    with dask_cluster(tmp_path / "cluster", 1) as first:

        def soon() -> None:
            while "meets 3 times" not in log.read_text():
                time.sleep(0.05)
            assert first.scheduler is not None
            first.scheduler.send_signal(signal.SIGKILL)

        killer = threading.Thread(target=soon)
        with pytest.raises(RunError) as gone:
            run(plan, study, engine=dask(first), watcher=Telling(killer.start))
        killer.join()
        assert str(gone.value) == (
            f"{first.address}: the scheduler is gone; start it anew; the same command goes on with what is missing"
        )
    assert [row["cell"] for row in study.rows.values()] == ["a"]
    assert [row["status"] for row in run(plan, study, engine=dask(cluster)).rows] == ["done", "done"]
    assert log.read_text().splitlines() == ["a", "meets 3 times", "meets 3 times"]


def test_addresses_that_are_none_are_told_soon(
    plan_of: MakePlan, cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusal(address: str | None) -> NnlabError:
        with pytest.raises(NnlabError) as refused:
            engine_named("dask", EngineOptions(address=address)).ready(plan_of("a").cells)
        return refused.value

    for wrong in ("here", "tcp://127.0.0.1", "http://127.0.0.1:8786", "tcp://127.0.0.1:99999", "tcp://[:1"):
        assert isinstance(refusal(wrong), UsageError)
        assert str(refusal(wrong)).startswith(f"--address={wrong}: is no address of a scheduler; such as ")
    assert "dask scheduler --host 127.0.0.1" in str(refusal(None)) and "dask worker tcp:" in str(refusal(None))
    monkeypatch.setattr("nnlab.labs.engines.scheduler.PATIENCE_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # answers nothing
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        assert str(refusal(address)).startswith(f"{address}: no Dask scheduler answers within 1 s; start one: dask ")
        assert time.monotonic() - began < 10
    assert refusal(address).exit_code == 1  # nobody listens there now
    worker = next(iter(_workers(cluster)))
    assert str(refusal(worker)).startswith(f"{worker}: is a Dask worker, not a scheduler; ")


def _workers(cluster: DaskCluster) -> dict[str, int]:
    import distributed

    with distributed.Client(cluster.address, set_as_default=False) as client:
        found: dict[str, int] = client.nthreads()
        return found


class Pretended:
    """What a client says of a cluster."""

    def __init__(self, python: str = "3.11.7.final.0", distributed: str | None = "1", nnlab: str | None = "1") -> None:
        said = {"host": {"python": python}, "packages": {"distributed": distributed, "nnlab": nnlab}}
        own = {"host": {"python": "3.11.9.final.0"}, "packages": {"distributed": "1", "nnlab": "1"}}
        self.versions = {"scheduler": said, "workers": {"tcp://1.2.3.4:1": own}, "client": own}

    def nthreads(self) -> dict[str, int]:
        return {"tcp://1.2.3.4:1": 1, "tcp://1.2.3.4:2": 2, "tcp://1.2.3.5:1": 1}

    def get_versions(self, packages: Sequence[str]) -> Mapping[str, Any]:
        return self.versions

    def run(self, function: Any) -> dict[str, int]:
        return dict.fromkeys(self.nthreads(), 4)


def test_other_versions_are_each_named_and_too_many_threads_refused() -> None:
    with pytest.raises(NnlabError) as refused:
        Cluster(Pretended("3.12.1.final.0", "2", None), "tcp://1.2.3.4:0").refuse_unfit(1)
    assert str(refused.value).splitlines() == [
        f"tcp://1.2.3.4:0: the scheduler has {what}; install the same on both"
        for what in ("Python 3.12, here it is 3.11", "distributed 2, here it is 1", "no nnlab, here it is 1")
    ]
    cluster = Cluster(Pretended(), "tcp://1.2.3.4:0")
    cluster.refuse_unfit(1)
    with pytest.raises(UsageError) as crowded:
        cluster.refuse_unfit(2)
    assert "3 tasks at once of 2 threads each are more than the 4 cores of 1.2.3.4" in str(crowded.value)


class Dying:
    """A client whose scheduler dies while it is asked, which shows as one of several errors."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def _asked(self, *_: Any, **__: Any) -> Any:
        raise self.error

    nthreads = submit = subscribe_topic = get_versions = run = result = _asked


@pytest.mark.parametrize("ask", ("hear", "ask", "threads", "refuse_unfit", "taken"))
@pytest.mark.parametrize(
    "error",
    (distributed.comm.CommClosedError("in <TCP (closed)>"), asyncio.CancelledError(), futures.CancelledError()),
    ids=lambda error: type(error).__module__,
)
def test_a_scheduler_that_dies_while_it_is_asked_is_gone(ask: str, error: BaseException) -> None:
    client = Dying(error)
    cluster = Cluster(client, "tcp://1.2.3.4:0")
    asks: Mapping[str, Callable[[], Any]] = {
        "hear": lambda: cluster.hear("topic", print),
        "ask": lambda: cluster.ask(print, over=print),
        "threads": lambda: cluster.threads,
        "refuse_unfit": lambda: cluster.refuse_unfit(1),
        "taken": lambda: cluster.taken(client),
    }
    with pytest.raises(RunError, match=r"^tcp://1\.2\.3\.4:0: the scheduler is gone; start it anew; "):
        asks[ask]()


@pytest.mark.parametrize(
    "error", (ConnectionResetError(104, "reset"), distributed.client.ClosedClientError("Client is closed"))
)
def test_so_is_one_that_leaves_its_connection_broken(error: Exception) -> None:
    with pytest.raises(RunError, match="the scheduler is gone"):
        _ = Cluster(Dying(error), "tcp://1.2.3.4:0").threads


def test_an_error_of_the_work_itself_is_left_as_it_is() -> None:
    with pytest.raises(FileNotFoundError):
        Cluster(Dying(AssertionError()), "tcp://1.2.3.4:0").taken(Dying(FileNotFoundError("picture.png")))
