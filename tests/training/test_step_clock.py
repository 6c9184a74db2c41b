"""What each learning step took, by a clock that only those who work move on."""

import pytest

from nnlab.training.step_clock import StepClock


class Machine:
    """A clock and a processor; `works` moves both on, `takes_over` lets others have the processor."""

    def __init__(self, monkeypatch, *, says=True):
        self.now, self.cpu, self.switches, self.says = 0.0, 0.0, 7, says
        monkeypatch.setattr("time.perf_counter", lambda: self.now)

    def usage(self):
        return self.cpu, self.switches if self.says else None

    def works(self, seconds):
        self.now += seconds
        self.cpu += seconds

    def takes_over(self, seconds):
        self.now += seconds
        self.switches += 1


def steps(clock, machine, *each):
    for seconds, others in each:
        with clock:
            machine.works(seconds)
            if others:
                machine.takes_over(others)
        clock.step_ended()
        machine.takes_over(100.0)  # between steps it is nobody's business


def test_the_first_is_apart_and_undisturbed_ones_have_figures_of_their_own(monkeypatch):
    machine = Machine(monkeypatch)
    clock = StepClock(machine.usage)
    steps(clock, machine, (9.0, 1.0), (0.010, 0), (0.020, 0.5), (0.030, 0))
    found = clock.document()
    assert found["count"] == 4 and found["disturbed"] == pytest.approx(1 / 3)
    assert found["first"] == {"ms": pytest.approx(10_000), "cpu_ms": pytest.approx(9000)}
    assert found["ms"] == {"median": pytest.approx(30), "quartiles": pytest.approx([20, 275])}
    assert found["cpu_ms"] == {"median": pytest.approx(20), "quartiles": pytest.approx([15, 25])}
    assert found["undisturbed"]["ms"] == {"median": pytest.approx(20), "quartiles": pytest.approx([15, 25])}


def test_parts_of_a_step_are_added_and_what_is_between_them_is_not(monkeypatch):
    machine = Machine(monkeypatch)
    clock = StepClock(machine.usage)
    steps(clock, machine, (1.0, 0))
    with clock:
        machine.takes_over(0.001)
    machine.works(50.0)
    with clock:
        machine.works(0.002)
        with clock.held():
            machine.works(70.0)
    clock.step_ended()
    found = clock.document()
    assert found["ms"]["median"] == pytest.approx(3) and found["cpu_ms"]["median"] == pytest.approx(2)
    assert found["disturbed"] == 1 and found["undisturbed"] == {"ms": None, "cpu_ms": None}


def test_where_the_system_does_not_say_there_is_none_and_not_zero(monkeypatch):
    machine = Machine(monkeypatch, says=False)
    clock = StepClock(machine.usage)
    steps(clock, machine, (1.0, 0), (0.010, 0.5), (0.020, 0))
    found = clock.document()
    assert found["disturbed"] is None and found["undisturbed"] is None
    assert found["ms"]["median"] == pytest.approx(265)


def test_without_a_step_and_with_one_there_is_little_to_say(monkeypatch):
    machine = Machine(monkeypatch)
    clock = StepClock(machine.usage)
    nothing = {"ms": None, "cpu_ms": None}
    empty = {"count": 0, "first": None, **nothing, "disturbed": None, "undisturbed": nothing}
    assert clock.document() == empty
    steps(clock, machine, (1.0, 0))
    assert clock.document() == {**empty, "count": 1, "first": {"ms": 1000.0, "cpu_ms": 1000.0}}


def test_a_run_has_a_time_for_each_step_whatever_a_step_is_made_of(scripted, monkeypatch):
    machine = Machine(monkeypatch)
    trainer = scripted(accuracy=[0.5], epochs=2, sizes=[10, 10, 10], accumulate=2)
    for what, seconds in {"backprop": 1.0, "update": 0.25, "evaluate": 64.0, "state": 128.0}.items():
        plain = getattr(trainer.learner, what)

        def call(*args, plain=plain, seconds=seconds, **options):
            machine.works(seconds)
            return plain(*args, **options)

        monkeypatch.setattr(trainer.learner, what, call)
    found = trainer.run().step_times
    assert found["count"] == 4 == trainer.steps
    assert found["first"]["ms"] == 2250 and found["ms"]["quartiles"] == [1250, 1750]  # two batches, one, two, one
