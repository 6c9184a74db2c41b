"""A run that may take so long: seconds are the script's own."""

import math

import pytest

from nnlab.training.budget import Budget


class Clock:
    """Seconds that pass only when somebody takes some."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr("time.perf_counter", found)
    return found


def timed(scripted, clock, *, seconds, step_s=lambda step: 4.0, sample_s=0.2, began=None, **options):
    """A trainer whose steps take what `step_s` says of each, and every sample that is scored `sample_s`."""

    def learns(step):
        clock.now += step_s(step)

    trainer = scripted(on_learn=learns, budget=Budget(seconds, began, clock=clock), **options)
    evaluate = trainer.learner.evaluate

    def slowly(batch, **more):
        clock.now += sample_s * len(batch)
        return evaluate(batch, **more)

    trainer.learner.evaluate = slowly
    return trainer


def test_it_ends_before_the_epoch_that_would_not_fit_and_keeps_the_best(scripted, clock):
    # An epoch: two steps of 4 s, 10 samples of dev of 0.2 s. The last scores: 20 + 10 + 10 samples, and dev once more:
    # 10 s, with what is added for safety 11. After four epochs 20 of 60 s are left, which are not 10 + 11.
    trainer = timed(scripted, clock, seconds=60, accuracy=[0.1, 0.9, 0.3], epochs=9, sizes=[10, 10])
    result = trainer.run()
    assert (result.stopped, result.epochs_run, result.unfinished_steps) == ("budget", 4, 0)
    assert (result.best_epoch, trainer.learner.weight, result.final["test"].figure) == (1, 1, 0.9)
    assert clock.now - 1000 == pytest.approx(50)
    assert trainer.budget.reason == ("another epoch takes 10 s and the last scores 11 s; 20 s were left of 1 min")


def test_one_that_fits_trains_to_its_end(scripted, clock):
    result = timed(scripted, clock, seconds=200, accuracy=[0.1], epochs=9, sizes=[10, 10]).run()
    assert (result.stopped, result.epochs_run) == ("finished", 9)


def test_the_longest_of_the_last_three_epochs_says_how_long_the_next_one_takes(clock):
    budget = Budget(30, clock=clock)
    budget.starts()
    for taken in (9.0, 2.0, 6.0, 2.0):
        clock.now += taken
        budget.epoch_ended()
    clock.now += 5.0  # 6 s are left
    assert budget.fits_another(0)
    clock.now += 0.5
    assert not budget.fits_another(0)


def test_an_epoch_that_turns_out_longer_is_left_after_the_step_at_which_time_is_up(scripted, clock):
    # Epochs of 10 s, but the third one's steps take 30 s: after the first of them 50 s and 11 of scoring are more than
    # 55 with the hundredth that an epoch may be late.
    options = {"accuracy": [0.1, 0.9, 0.3], "epochs": 9, "sizes": [10, 10]}
    trainer = timed(scripted, clock, seconds=55, step_s=lambda step: 30.0 if step > 4 else 4.0, **options)
    result = trainer.run()
    assert (result.stopped, result.epochs_run, result.unfinished_steps) == ("budget", 2, 1)
    assert (result.best_epoch, trainer.learner.weight) == (1, 1)
    assert trainer.budget.reason.startswith("the time of 0.916667 min was up amid epoch 3, which took longer")
    assert int(result.checkpoint.open_epoch["batches"]) == 1  # nothing is lost: it can go on from there
    assert clock.now - 1000 == pytest.approx(50 + 8)


def test_where_the_first_epoch_does_not_fit_the_weights_at_hand_are_scored_and_kept(scripted, clock):
    trainer = timed(scripted, clock, seconds=20, accuracy=[0.1, 0.2, 0.3, 0.4, 0.5], epochs=9, sizes=[10] * 9)
    result = trainer.run()  # a pass forward takes 0.05 s a sample: 6.6 s for the last scores of 120
    assert (result.stopped, result.epochs_run, result.steps) == ("budget", 0, 4)
    assert (result.best_epoch, result.best_state["weight"]) == (None, 4)
    assert result.final["dev"].figure == 0.5
    assert trainer.budget.reason == "the time of 0.333333 min was up amid epoch 1"


def test_what_was_scored_of_dev_says_how_long_the_last_scores_take(clock):
    budget = Budget(100, clock=clock)
    budget.took(10, 5.0)  # 0.5 s each, with a tenth on top
    assert not budget.is_up(1, 180)  # 99 s
    assert budget.is_up(1, 184)  # 101.2 s: more than it and a hundredth
    budget.took(0, 7.0)  # says nothing
    assert not budget.is_up(1, 180)


def test_without_a_budget_time_is_never_up(clock):
    budget = Budget(clock=clock)
    budget.took(1, 1e9)
    budget.epoch_ended()
    clock.now += 1e12
    assert budget.fits_another(10**9) and not budget.is_up(1, 10**9)
    assert math.isinf(budget.minutes)


def test_images_count_when_they_were_read_within_it(scripted, clock):
    began = clock.now - 35
    trainer = timed(scripted, clock, seconds=60, began=began, accuracy=[0.1], epochs=9, sizes=[10, 10])
    assert trainer.run().epochs_run == 1
