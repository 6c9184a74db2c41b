"""The turnstile alone, its workers a few lines of Python."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nnlab.experiment.bench import turnstile
from nnlab.experiment.bench.turnstile import LONGEST_TURN, Worker, environment_of_a_cell, take_turns, turn_length

SPEAKS = """
import json, os, signal, sys
def send(event, **said): print(json.dumps({"event": event, **said}), flush=True)
job = json.loads(sys.stdin.readline())
def turn():
    line = sys.stdin.readline()
    if not line: sys.exit(0)
    return json.loads(line)["turn"]
def log(what):
    with open(job["log"], "a") as file: file.write(f"{job['name']} {what}\\n")
"""

TRAINS = """
left, told = job["epochs"], []
send("loaded", load_s=1.0)
while left:
    send("waiting", epochs=told)
    granted = turn()
    log("in")
    told = [{"ms": job["ms"], "cpu_ms": 1.0}] * min(granted, left)
    left -= len(told)
    log("out")
send("result", epochs=told, dev_accuracy=0.5)
"""


def worker(name: str, log: Path, script: str = TRAINS, **job: Any) -> Worker:
    program = [sys.executable, "-S", "-E", "-c", SPEAKS + script]
    return Worker(program, {"name": name, "log": str(log), "epochs": 4, "ms": 100.0, **job})


def started(*workers: Worker) -> list[Worker]:
    for each in workers:
        each.start()
    return list(workers)


def ended(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_one_trains_at_a_time_and_another_begins_each_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "TURN_SECONDS", 0.0)  # an epoch a turn
    workers = started(*(worker(name, tmp_path / "log") for name in "abc"))
    assert all(each.waiting for each in workers)
    assert not (tmp_path / "log").exists()  # nobody trains before its turn
    rounds: list[int] = []
    take_turns(workers, lambda: rounds.append(1))
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert [what for _, what in lines] == ["in", "out"] * 12
    assert "".join(name for name, what in lines if what == "in") == "abc" + "bca" + "cab" + "abc"
    assert [len(each.told.epochs) for each in workers] == [4, 4, 4]
    assert all(each.told.error is None and each.told.result == {"dev_accuracy": 0.5} for each in workers)
    assert all(each.told.loaded == {"load_s": 1.0} for each in workers)
    assert len(rounds) == 4


def test_those_that_have_more_epochs_go_on_alone(tmp_path: Path) -> None:
    workers = started(worker("a", tmp_path / "log", epochs=1), worker("b", tmp_path / "log", epochs=6))
    take_turns(workers)
    assert [len(each.told.epochs) for each in workers] == [1, 6]


def test_a_finished_worker_leaves_no_process(tmp_path: Path) -> None:
    (only,) = started(worker("a", tmp_path / "log"))
    pid = only.pid
    assert not ended(pid)
    take_turns([only])
    assert only.pid is None
    assert ended(pid)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL, perhaps because the machine ran out of memory"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ended by SIGSEGV"),
        ("raise ValueError('no such thing')", "code 1: ValueError: no such thing"),
        ("sys.exit(7)", "code 7"),
    ],
)
@pytest.mark.parametrize("when", ["at the start", "in a turn"])
def test_one_that_dies_says_why_and_the_others_go_on(tmp_path: Path, when: str, script: str, said: str) -> None:
    before = "" if when == "at the start" else "send('loaded'); send('waiting', epochs=[]); turn()\n"
    dying, well = started(worker("a", tmp_path / "log", before + script), worker("b", tmp_path / "log"))
    take_turns([dying, well])
    assert dying.told.error is not None and said in dying.told.error
    assert dying.told.exit_code == 1
    assert dying.pid is None
    assert (len(well.told.epochs), well.told.error) == (4, None)


def test_one_that_is_killed_while_it_waits_is_noticed(tmp_path: Path) -> None:
    idle, well = started(worker("a", tmp_path / "log"), worker("b", tmp_path / "log"))
    assert idle.pid is not None
    os.kill(idle.pid, signal.SIGKILL)
    take_turns([idle, well])
    assert idle.told.error is not None and "SIGKILL" in idle.told.error
    assert len(well.told.epochs) == 4


def test_one_that_fails_says_so_itself(tmp_path: Path) -> None:
    (failing,) = started(worker("a", tmp_path / "log", "send('failed', error='no image', exit_code=5)"))
    take_turns([failing])
    assert (failing.told.error, failing.told.exit_code) == ("no image", 5)


def test_what_is_no_step_is_passed_on(tmp_path: Path) -> None:
    heard: list[dict[str, Any]] = []
    script = "send('images', done=1, total=2); send('warning', line='dark'); send('result', epochs=[])"
    program = [sys.executable, "-S", "-E", "-c", SPEAKS + script]
    each = Worker(program, {}, heard=heard.append)
    each.start()
    assert heard == [{"event": "images", "done": 1, "total": 2}, {"event": "warning", "line": "dark"}]
    assert not each.waiting and each.told.error is None


def test_ending_kills_one_that_trains_and_may_be_repeated(tmp_path: Path) -> None:
    (busy,) = started(worker("a", tmp_path / "log"))
    pid = busy.pid
    busy.end()
    busy.end()
    assert ended(pid)


def test_a_worker_ends_when_whoever_started_it_is_gone(tmp_path: Path) -> None:
    """Also when that was killed outright: the end of its standard input tells."""
    program = (
        "import os, signal, sys\n"
        "from nnlab.experiment.bench.turnstile import Worker\n"
        f"each = Worker([sys.executable, '-S', '-E', '-c', {SPEAKS + TRAINS!r}], {{'epochs': 2}})\n"
        "each.start()\n"
        "print(each.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL
    until = time.monotonic() + 20
    while not ended(int(done.stdout)) and time.monotonic() < until:
        time.sleep(0.02)
    assert ended(int(done.stdout))


@pytest.mark.parametrize(("fastest", "epochs"), [(500.0, 1), (250.0, 1), (100.0, 3), (0.001, LONGEST_TURN)])
def test_a_turn_is_longer_where_epochs_are_short(tmp_path: Path, fastest: float, epochs: int) -> None:
    slow, fast = worker("a", tmp_path), worker("b", tmp_path)
    assert turn_length([slow, fast]) == 1  # nothing is known yet
    slow.told.epochs += [{"ms": 400.0}] * 2
    fast.told.epochs += [{"ms": 9000.0}, {"ms": fastest}]  # a first epoch says little
    assert turn_length([slow, fast]) == epochs
    for each in (slow, fast):
        each.end()


def test_a_cell_has_a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_CACHE_DIR", "/elsewhere")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    environment = environment_of_a_cell(tmp_path)
    assert environment["NNLAB_CACHE_DIR"] == str(tmp_path)
    assert environment["OMP_NUM_THREADS"] == "7"
