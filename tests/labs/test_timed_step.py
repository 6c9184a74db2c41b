"""What a training will take, told by a step of it."""

from nnlab.experiment.config import resolve
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.timed_step import AROUND_S, COPIES, DRAWING_MB, timed


def test_a_plan_knows_the_network_and_how_many_steps_there_are() -> None:
    settings = {"dataset": "colors", "resize": (4, 4), "epochs": 3, "max_minibatch_size": 8, "threads": 1}
    found = timed(resolve(SettingsSource("flag", settings)))
    samples = found["samples"]["training"]
    assert found["steps"] == 3 * -(-samples // 8)
    assert found["network"]["parameters"] == (4 * 4 * 3 + 1) * 3
    assert found["network"]["multiply_adds"] == 4 * 4 * 3 * 3
    assert found["wall_s"] > AROUND_S and found["cpu_s"] > AROUND_S and found["step_ms"] > 0
    assert found["peak_memory_mb"] > DRAWING_MB + COPIES * 4 * found["network"]["parameters"] / 2**20
