import re

import pytest

from nnlab.core.errors import RunError
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.run import read_run
from nnlab.tracking.store import RunStore


class Trains:
    """What the recorder asks of a trainer."""

    def __init__(self, result):
        self.made, self.asked, self.kept, self.history = result, 0, 0, ()

    def keep(self):
        self.kept += 1

    def result(self, stopped, *, by_reference):
        assert by_reference
        self.asked += 1
        return self.made


@pytest.fixture
def store(tmp_path):
    store = RunStore.create(tmp_path, "main", "")
    yield store
    store.close()


def test_epochs_and_checks_are_readable_as_soon_as_they_are_there(store, made):
    recorder = Recorder(store)
    recorder.epoch_end(made.epoch(1))
    recorder.check_done({"epoch": 1, "verdict": "ok", "distance": float("nan")})
    run = read_run(store.folder)
    assert [row["partition"] for row in run.metrics] == ["training", "dev"]
    assert run.checks == [{"epoch": 1, "verdict": "ok", "distance": None}]


class Clock:
    """Seconds that pass as they are told to; a save takes some."""

    def __init__(self, store, cost):
        self.now, self.saves, self._add, self._cost = 0.0, [], store.add_weights, cost
        store.add_weights = self._save

    def __call__(self):
        return self.now

    def _save(self, *args):
        self._add(*args)
        self.now += self._cost
        self.saves.append(self.now)


def test_state_is_saved_after_the_first_epoch_and_then_when_it_costs_less_than_a_hundredth(store, made):
    clock = Clock(store, cost=0.5)
    recorder = Recorder(store, {"model": "NLayers"}, clock=clock)
    recorder.run_start(Trains(made.result()))
    for number in range(1, 131):
        clock.now += 1.0
        recorder.epoch_end(made.epoch(number))
    assert clock.saves == [1.5, 52.0, 102.5]  # 50 epochs of a second between them
    assert (store.folder / "weights" / "best.safetensors").exists()


@pytest.mark.parametrize(("cost", "saves"), [(0.5, [50.5, 101.0, 151.5, 202.0]), (1.0, [101.0, 202.0])])
def test_amid_an_epoch_it_is_saved_when_that_takes_more_than_seconds(store, made, cost, saves):
    clock = Clock(store, cost)
    trainer = Trains(made.result())
    recorder = Recorder(store, clock=clock)
    recorder._cost = cost  # known from before
    recorder.run_start(trainer)
    recorder.epoch_start(1)
    while clock.now < 239.4:
        clock.now += 1.0
        recorder.between_steps()
    clock.now = 240.0
    recorder.epoch_end(made.epoch(1))
    assert clock.saves == saves
    assert trainer.kept == [saved < 240 for saved in saves].count(True)


def test_an_epoch_under_five_seconds_is_never_left_half_way(store, made):
    clock = Clock(store, cost=0.0)
    trainer = Trains(made.result())
    recorder = Recorder(store, clock=clock)
    recorder.run_start(trainer)
    for epoch in (1, 2, 3):
        recorder.epoch_start(epoch)
        clock.now += 4.9
        recorder.between_steps()
        recorder.epoch_end(made.epoch(epoch))
    assert (len(clock.saves), trainer.kept) == (3, 0)


def test_a_metric_that_cannot_be_left_half_way_is_not(store, made):
    clock = Clock(store, cost=0.0)
    trainer = Trains(made.result())
    trainer.keep = lambda: (_ for _ in ()).throw(TypeError)
    recorder = Recorder(store, clock=clock)
    recorder.run_start(trainer)
    recorder.epoch_start(1)
    clock.now += 100
    recorder.between_steps()
    assert clock.saves == []


def test_a_disk_that_fills_amid_a_run_says_what_was_kept(store, made, full_disk):
    recorder = Recorder(store, share=1e9)
    recorder.run_start(Trains(made.result()))
    recorder.epoch_end(made.epoch(1))
    full_disk()
    with pytest.raises(RunError) as caught:
        recorder.epoch_end(made.epoch(2))
    assert re.fullmatch(
        rf"{store.folder}/weights/best.safetensors: cannot write \(no space left on device\); "
        rf"epochs 1 to 1 are kept in {store.folder}; free some space, or write elsewhere with --runs-dir",
        str(caught.value),
    )
    tensors, about = read_run(store.folder).weights()  # those saved after the first epoch, whole
    assert (list(tensors), about) == (["dense_1.weight"], {"epoch": 2})
