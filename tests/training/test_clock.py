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
    held = np.ones(64 * 1024 * 1024, np.uint8)
    assert 40 < memory_mb() - before < 90  # what it takes, give or take what the process does otherwise
    assert peak_memory_mb() >= held.nbytes / 1024**2
