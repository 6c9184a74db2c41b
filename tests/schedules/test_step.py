import pytest

from nnlab.core.errors import UsageError
from nnlab.schedules.step import Step


def factors(schedule, epochs):
    return [schedule.factor(epoch, epochs) for epoch in range(epochs)]


def test_it_falls_every_other_epoch():
    assert factors(Step(every=2, decay=0.5), 5) == [1, 1, 0.5, 0.5, 0.25]


def test_steps_of_no_epochs_are_refused():
    with pytest.raises(UsageError, match=r"Step\.every: must be at least 1"):
        Step(every=0)
