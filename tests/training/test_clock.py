import mmap
import subprocess
import sys

import numpy as np
import pytest

from nnlab.training.clock import Phases, memory_mb, peak_memory_mb


def test_phases_add_up_and_tell_what_was_since():
    phases = Phases(("load", "forward"))
    phases.add({"forward": 1.5})
    before = dict(phases.seconds)
    phases.add({"forward": 0.5, "extra": 1.0})
    assert phases.seconds == {"load": 0.0, "forward": 2.0, "extra": 1.0}
    assert phases.since(before) == {"load": 0.0, "forward": 0.5, "extra": 1.0}


def test_time_is_counted_when_the_block_fails():
    phases = Phases(("load",))
    with pytest.raises(ZeroDivisionError), phases.timed("load"):
        raise ZeroDivisionError
    assert phases.seconds["load"] > 0


def test_memory_is_in_mebibytes():
    before = memory_mb()
    held = np.frombuffer(mmap.mmap(-1, 64 * 1024 * 1024), np.uint8)  # the system's: freed memory may be there still
    held[:] = 1
    assert 40 < memory_mb() - before < 90  # what it takes, give or take what the process does otherwise
    assert peak_memory_mb() >= held.nbytes / 1024**2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's own peak")
def test_peak_memory_is_the_processes_own_and_not_that_of_whoever_started_it():
    held = np.ones(300 * 1024 * 1024, np.uint8)
    program = "from nnlab.training.clock import peak_memory_mb; print(peak_memory_mb())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 5 < float(done.stdout) < held.nbytes / 1024**2  # an interpreter with NumPy takes some 40
