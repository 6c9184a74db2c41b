import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.tracking.lock import hold, hold_alone, is_held, release
from nnlab.tracking.store import RunStore


def test_a_folder_is_held_until_it_is_let_go(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    handle = hold(tmp_path)
    assert is_held(tmp_path) and is_held(tmp_path)  # looking changes nothing
    release(handle)
    assert not is_held(tmp_path)
    assert hold(tmp_path / "nowhere") is None and not is_held(tmp_path / "nowhere")


def test_a_folder_that_one_holds_alone_is_no_other_s(tmp_path: Path) -> None:
    handle = hold_alone(tmp_path)
    assert is_held(tmp_path)
    with pytest.raises(BlockingIOError):
        hold_alone(tmp_path)
    release(handle)
    release(hold_alone(tmp_path))
    assert hold_alone(tmp_path / "nowhere") is None


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    program = "import sys, time\nfrom nnlab.tracking.lock import hold\n"
    program += "hold(__import__('pathlib').Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        assert is_held(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not is_held(tmp_path)


def test_a_run_is_held_while_its_store_is_open(tmp_path: Path) -> None:
    store = RunStore.create(tmp_path, "main", "")
    assert is_held(store.folder)
    store.close()
    assert not is_held(store.folder)
