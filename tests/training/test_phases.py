"""Where the time of an epoch goes: all of it, by a clock that only those who work move on."""

from dataclasses import replace

import pytest

from nnlab.training.callback import Callback


class Joints(Callback):
    """Each takes its own time."""

    def __init__(self, takes):
        self.takes = takes

    def epoch_start(self, epoch):
        self.takes(1)

    def step_start(self, step):
        self.takes(2)

    def step_end(self, step):
        self.takes(4)

    def between_steps(self):
        self.takes(8)

    def dev_scored(self, score, losses):
        self.takes(16)

    def epoch_end(self, record):
        self.takes(32)


@pytest.mark.parametrize("sizes", [[10], [10, 10, 10]])
def test_phases_of_an_epoch_add_up_to_its_seconds(scripted, monkeypatch, sizes):
    now = [0.0]

    def takes(seconds):
        now[0] += seconds

    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    trainer = scripted(accuracy=[0.5], epochs=2, sizes=sizes, callbacks=[Joints(takes)])
    learner, read = trainer.learner, trainer.data.training.batches

    def slowly(what, seconds, said):
        plain = getattr(learner, what)

        def call(*args, **options):
            takes(seconds)
            found = plain(*args, **options)
            if said == "result":
                return replace(found, seconds={"forward": seconds / 2, "backward": seconds / 2})
            return {"update": seconds} if said == "update" else found

        monkeypatch.setattr(learner, what, call)

    def batches(epoch=None):
        for batch in read(epoch):
            takes(64)
            yield batch

    monkeypatch.setattr(trainer.data.training, "batches", batches)
    slowly("backprop", 128, "result")
    slowly("update", 256, "update")
    slowly("evaluate", 512, None)
    slowly("state", 1024, None)
    steps = len(sizes)
    for record in trainer.run().history:
        assert sum(record.phases_s.values()) == record.seconds
        marked = 1024 if steps > 1 else 0  # the moment that is kept before the first of several steps
        assert record.phases_s == {
            "load": 64 * steps,
            "forward": 64 * steps,
            "backward": 64 * steps,
            "update": 256 * steps,
            "evaluate": 512 + 16 + (1024 if record.best else 0),  # dev, and a copy of weights that may be the best
            "checks": 1 + 6 * steps + 8 * (steps - 1) + marked,
        }
