import threading
import time
from itertools import pairwise

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.training.feed import Feed
from tests.training.conftest import Arrays


class Noted(Arrays):
    """Counts the batches that it has made; fails at one of them."""

    def __init__(self, sizes, fails_at=None):
        super().__init__("training", sizes)
        self.made, self.fails_at, self.threads = 0, fails_at, set()

    def batches(self, epoch=None):
        for batch in super().batches(epoch):
            self.threads.add(threading.current_thread().name)
            if self.made == self.fails_at:
                raise DataError("cannot be augmented", where="cat.png")
            self.made += 1
            yield batch


def feeding() -> bool:
    return any(thread.name.startswith("nnlab-feed") for thread in threading.enumerate())


def settled(samples: Noted) -> int:
    """How many it has made when no more come."""
    counts = [samples.made]
    while len(counts) < 5 or any(one != other for one, other in pairwise(counts[-5:])):
        time.sleep(0.01)
        counts.append(samples.made)
    return counts[-1]


def test_every_epoch_gives_the_batches_that_the_samples_give_in_their_order():
    samples = Noted([3, 4, 2])
    with Feed(samples, 2, 4) as feed:
        fed = [[batch.sources for batch in feed.batches(epoch)] for epoch in (2, 3, 4)]
    assert fed == [[batch.sources for batch in samples.batches(epoch)] for epoch in (2, 3, 4)]
    assert samples.asked == [2, 3, 4] * 2
    assert "nnlab-feed" in samples.threads
    assert not feeding()


@pytest.mark.parametrize("ahead", [1, 3])
def test_no_more_than_so_many_are_made_ahead_of_the_one_that_is_taken(ahead):
    samples = Noted([1] * 6)
    with Feed(samples, 1, 9, ahead) as feed:
        assert settled(samples) == ahead
        batches = feed.batches(1)
        for taken in range(1, 6):
            next(batches)
            assert settled(samples) == taken + ahead


def test_the_next_epoch_is_begun_while_the_last_batch_of_this_one_is_learnt_from():
    samples = Noted([1, 1])
    with Feed(samples, 1, 2) as feed:
        batches = feed.batches(1)
        next(batches), next(batches)
        assert settled(samples) == 3
        assert samples.asked == [1, 2]


def test_an_error_comes_where_its_batch_would_have_come_and_leaves_no_thread():
    with Feed(Noted([2, 2, 2], fails_at=1), 1, 1) as feed:
        batches = feed.batches(1)
        assert next(batches).sources == ["training/0.png", "training/1.png"]
        with pytest.raises(DataError, match=r"cat.png.*cannot be augmented"):
            next(batches)
    assert not feeding()


def test_leaving_amid_an_epoch_ends_the_thread_and_makes_no_more():
    samples = Noted([1] * 100)
    with Feed(samples, 1, 5, 2) as feed:
        next(feed.batches(1))
    assert not feeding()
    made = samples.made
    assert made <= 4
    assert settled(samples) == made


def test_without_a_thread_to_be_had_each_batch_is_made_when_it_is_wanted(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    samples = Noted([2, 3])
    with Feed(samples, 1, 1) as feed:
        assert [len(batch) for batch in feed.batches(1)] == [2, 3]
    assert samples.threads == {threading.current_thread().name}


@pytest.mark.parametrize("accumulate", [1, 2, 4])
def test_a_run_that_reads_ahead_takes_the_same_steps(scripted, accumulate):
    results = []
    for read_ahead in (False, True):
        trainer = scripted(accuracy=[0.5, 0.6, 0.7], epochs=3, sizes=[10, 20, 10, 5, 10], accumulate=accumulate,
                           read_ahead=read_ahead)  # fmt: skip
        results.append(trainer.run())
        assert not feeding()
    one, other = results
    assert [record.training for record in one.history] == [record.training for record in other.history]
    assert (one.steps, one.final, one.best_epoch) == (other.steps, other.final, other.best_epoch)
    np.testing.assert_array_equal(one.best_state["weight"], other.best_state["weight"])


def test_an_interrupt_ends_the_run_after_its_step_and_leaves_no_thread(scripted):
    def interrupt(step):
        if step == 5:
            raise KeyboardInterrupt

    trainer = scripted(accuracy=[0.5], epochs=9, sizes=[10] * 3, read_ahead=True, on_learn=interrupt)
    result = trainer.run()
    assert (result.stopped, result.epochs_run, result.checkpoint.steps) == ("interrupted", 1, 3)
    assert not feeding()


def test_stopping_early_leaves_no_thread(scripted):
    trainer = scripted(accuracy=[0.9, 0.5], epochs=9, sizes=[10] * 3, read_ahead=True, early_stopping="stop",
                       patience=1)  # fmt: skip
    assert trainer.run().stopped == "early"
    assert not feeding()
