"""`nnlab train --processes=2`: what one process would give, whatever happens to the other."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from nnlab.cli.main import main
from nnlab.core.errors import RunError
from nnlab.experiment.config import resolve
from nnlab.experiment.resume import resume
from nnlab.experiment.run import run
from nnlab.experiment.sources import from_flags
from nnlab.tracking.run import read_run
from nnlab.training.callback import Callback

SECONDS = 30
"""Within which a process that ought to end has ended, however busy the machine."""

pytestmark = pytest.mark.usefixtures("torch_installed")


@pytest.fixture
def flags(blobs: Path, tmp_path: Path) -> dict[str, Any]:
    """A small network with all that several processes have to agree about, on pictures that are turned at random."""
    return {
        "datasets_path": str(blobs), "dataset": "blobs", "resize": "8,8", "runs_dir": str(tmp_path / "runs"),
        "backend": "torch", "device": "cpu", "dtype": "float64", "threads": 1, "model": "NLayers", "layers": "9",
        "dropout_rate": 0.2, "augment": "HorizontalFlip", "max_minibatch_size": 11, "epochs": 3, "processes": 2,
        "gradient_checks_interval": 1,
    }  # fmt: skip


class At(Callback):
    """Does something after the second epoch."""

    def __init__(self, do: Callable[[], None]):
        self._do = do

    def epoch_end(self, record: Any) -> None:
        if record.epoch == 2:
            self._do()


def others() -> list[psutil.Process]:
    """The processes that this one has started."""
    return [child for child in psutil.Process().children() if "nnlab.experiment.following" in child.cmdline()]


def assert_same_run(one: Path, other: Path) -> None:
    runs = [read_run(folder) for folder in (one, other)]
    for part in ("best", "last"):
        found, wanted = (each.weights(part)[0] for each in runs)
        for name, value in wanted.items():
            np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-12, err_msg=name)
    found, wanted = (each.summary for each in runs)
    assert found is not None and wanted is not None
    for part in ("training", "dev", "test"):
        assert found[part]["accuracy"] == wanted[part]["accuracy"]
        assert found[part]["loss"] == pytest.approx(wanted[part]["loss"], rel=1e-12)
    assert found["best_epoch"] == wanted["best_epoch"]


def test_a_run_of_two_processes_is_that_of_one_and_goes_on_with_any_number(
    flags: dict[str, Any], tmp_path: Path
) -> None:
    listening = list[str]()

    def look() -> None:
        for process in (psutil.Process(), *others()):
            listening.extend(c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN)

    two = run(resolve(from_flags(flags)), callbacks=[At(look)])
    one = run(resolve(from_flags({**flags, "processes": 1})))
    assert_same_run(two.folder, one.folder)
    assert listening and set(listening) == {"127.0.0.1"}
    assert json.loads((two.folder / "environment.json").read_text())["backend"]["processes"] == 2
    assert not others() and len(list((tmp_path / "runs").glob("2*"))) == 2
    assert two.summary["gradient_checks"]["failed"] == 0 and two.summary["gradient_checks"]["run"] > 0
    again = run(resume(one.folder, from_flags({"epochs": 5, "processes": 2})))
    whole = run(resolve(from_flags({**flags, "processes": 1, "epochs": 5})))
    assert_same_run(again.folder, whole.folder)


def test_a_process_that_dies_ends_the_run_which_goes_on(flags: dict[str, Any]) -> None:
    outcome = run(resolve(from_flags(flags)), callbacks=[At(lambda: others()[0].kill())])
    assert isinstance(outcome.error, RunError) and outcome.error.exit_code == 1
    assert "process 1 of 2: its process was ended by SIGKILL" in str(outcome.error)
    assert "--resume" in str(outcome.error) and outcome.summary["stopped"] == "failed"
    assert len(outcome.result.history) == 2 and not others()
    rest = run(resume(outcome.folder, from_flags({"processes": 1})))
    whole = run(resolve(from_flags({**flags, "processes": 1})))
    assert_same_run(rest.folder, whole.folder)


def test_ctrl_c_ends_it_after_the_step_scored_and_alone(flags: dict[str, Any]) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell has tests beside it
    try:
        outcome = run(resolve(from_flags({**flags, "epochs": 50})), callbacks=[At(lambda: os.kill(os.getpid(), 2))])
    finally:
        signal.signal(signal.SIGINT, before)
    assert (outcome.signal, outcome.result.stopped) == (signal.SIGINT, "interrupted")
    assert outcome.summary["test"]["samples"] > 0 and not others()


def test_nobody_is_left_where_the_first_process_is_killed() -> None:
    program = "from nnlab.experiment.followers import Followers\nwith Followers(2): print('here', flush=True); input()"
    leader = subprocess.Popen([sys.executable, "-P", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert leader.stdin is not None and leader.stdout is not None
    with leader.stdin, leader.stdout:
        leader.stdout.readline()
        (other,) = psutil.Process(leader.pid).children()
        leader.kill()
        leader.wait()
        until = time.monotonic() + SECONDS
        while alive(other) and time.monotonic() < until:
            time.sleep(0.1)
    assert not alive(other)


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_processes_that_torchrun_started_train_together(flags: dict[str, Any], tmp_path: Path) -> None:
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    command = [sys.executable, "-P", *launcher, "-m", "nnlab", "train", *typed(flags)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("epoch 3/") == 1  # one of them says what happens
    (folder,) = (tmp_path / "runs").glob("2*")
    one = run(resolve(from_flags({**flags, "processes": 1})))
    assert_same_run(folder, one.folder)


def typed(flags: dict[str, Any]) -> list[str]:
    return [f"--{key.replace('_', '-')}={value}" for key, value in flags.items()]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"backend": "numpy"}, "--processes=2: the numpy backend trains in one process; "),
        ({"compile": "true"}, "--processes=2: a compiled network "),
        ({"processes": 0}, "--processes: must be at least 1"),
    ],
    ids=["numpy", "compile", "none"],
)
def test_what_cannot_be_is_said_before_anything_starts(
    flags: dict[str, Any], changed: dict[str, Any], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *typed({**flags, **changed})]) == 2
    (line,) = [line for line in capfd.readouterr().err.splitlines() if "error" in line]
    assert said in line
    assert not list((tmp_path / "runs").glob("2*"))


def test_another_number_than_torchruns_is_refused(
    flags: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from nnlab.cli.flags import Part
    from nnlab.cli.torchrun import as_placed
    from nnlab.core.errors import UsageError
    from nnlab.experiment.torchrun import Place, place_in

    environ = {"RANK": "1", "WORLD_SIZE": "4", "MASTER_ADDR": "a", "MASTER_PORT": "1", "LOCAL_WORLD_SIZE": "2"}
    place = place_in(environ)
    assert place == Place(1, 4, 1, 2)
    assert place_in({**environ, "WORLD_SIZE": "1"}) is None and place_in({"RANK": "1"}) is None
    with pytest.raises(UsageError, match="RANK: must be a whole number"):
        place_in({**environ, "RANK": "x"})
    with pytest.raises(UsageError, match="--processes=2: torchrun started 4 processes"):
        as_placed(Part(from_flags({"processes": "2"})), place)
    assert as_placed(Part(from_flags({})), place).flags.values["processes"] == 4
