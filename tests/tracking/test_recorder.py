import re

import pytest

from nnlab.core.errors import RunError
from nnlab.tracking.recorder import Recorder
from nnlab.tracking.run import read_run
from nnlab.tracking.store import RunStore


class Trains:
    """What the recorder asks of a trainer."""

    def __init__(self, result):
        self.made, self.asked, self.history = result, 0, ()

    def result(self, stopped):
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


@pytest.mark.parametrize(("interval", "saves"), [(3600.0, 0), (0.0, 2)])
def test_weights_are_saved_on_the_way_only_when_the_last_time_is_long_ago(store, made, interval, saves):
    recorder, trainer = Recorder(store, {"model": "NLayers"}, interval_seconds=interval), Trains(made.result())
    recorder.run_start(trainer)
    recorder.epoch_end(made.epoch(1))
    recorder.epoch_end(made.epoch(2))
    assert trainer.asked == saves
    assert (store.folder / "weights" / "best.safetensors").exists() == bool(saves)


def test_a_disk_that_fills_amid_a_run_says_what_was_kept(store, made, full_disk):
    recorder = Recorder(store, interval_seconds=0)
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
