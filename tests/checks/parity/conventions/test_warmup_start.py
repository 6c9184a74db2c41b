import pytest

from nnlab.checks.parity.conventions.warmup_start import WarmupStart
from nnlab.schedules.warmup import Warmup


@pytest.mark.parametrize(
    ("words", "factors"),
    [("from zero", [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]), ("the whole rate", [0.25, 0.5, 0.75, 1.0, 1.0, 1.0])],
)
def test_rises_like_this(make, choice, words, factors):
    optimizer = choice(WarmupStart, make(schedule=Warmup(warmup_epochs=4), learning_rate=1.0), words).optimizer
    assert [optimizer.rate(epoch, 6) for epoch in range(6)] == factors
