"""What a trainer leaves to go on from, and goes on from."""

import pytest

from nnlab.training.callback import Callback
from nnlab.training.record import Checkpoint


def raising(step, error=KeyboardInterrupt):
    def raise_at(number):
        if number == step:
            raise error

    return raise_at


class Counts(Callback):
    def __init__(self):
        self.steps = 0

    def step_start(self, step):
        self.steps += 1

    def state(self):
        return {"steps": self.steps}

    def load_state(self, state):
        self.steps = state["steps"]


SCORES = {"accuracy": [0.1, 0.2, 0.8, 0.3, 0.4, 0.1, 0.9, 0.2, 0.2], "epochs": 4, "sizes": [10, 10]}


@pytest.mark.parametrize("stop", range(1, 9))
def test_wherever_it_is_interrupted_it_goes_on_from_the_last_whole_epoch_and_ends_the_same(scripted, stop):
    whole = scripted(**SCORES, callbacks=[Counts()]).run()
    left = scripted(**SCORES, on_learn=raising(stop), callbacks=[Counts()]).run().checkpoint
    epochs = (stop - 1) // 2
    assert (len(left.history), left.steps, left.state["weight"]) == (epochs, 2 * epochs, 2 * epochs)
    assert left.counts == {"Counts": {"steps": 2 * epochs}}  # not those of the epoch that was broken off
    resumed = scripted(**SCORES, start=left, callbacks=[counts := Counts()])
    result = resumed.run()
    assert [(r.epoch, r.training, r.dev, r.best) for r in result.history] == [
        (r.epoch, r.training, r.dev, r.best) for r in whole.history
    ]
    assert (result.best_epoch, result.best_state, result.last_state, result.steps) == (
        whole.best_epoch, whole.best_state, whole.last_state, whole.steps,
    )  # fmt: skip
    assert (result.final, counts.steps) == (whole.final, 8)
    assert resumed.learner.calls[0] == ("load_optimizer_state", 2 * epochs)
    learnt = [detail[0].path for what, detail in resumed.learner.calls if what == "backprop"]
    assert learnt[0] == ("step", epochs + 1, 0)


@pytest.mark.parametrize("stop", [1, 2, 4, 5])
def test_left_amid_an_epoch_it_goes_on_there_and_ends_the_same(scripted, stop):
    curve = {**SCORES, "accuracy": [0.1, 0.2, 0.8, 0.3, 0.4, 0.9, 0.1], "epochs": 2, "sizes": [10, 7, 10]}
    whole = scripted(**curve, callbacks=[Counts()]).run()

    class Leaves(Callback):
        def run_start(self, trainer):
            self.trainer = trainer

        def between_steps(self):
            if self.trainer.steps == stop:
                self.trainer.keep()
                raise KeyboardInterrupt

    left = scripted(**curve, callbacks=[Counts(), Leaves()]).run().checkpoint
    assert (len(left.history), left.steps, left.open_epoch["batches"]) == (stop // 3, stop, stop % 3)
    resumed = scripted(**curve, start=left, callbacks=[counts := Counts()])
    result = resumed.run()
    assert [(r.epoch, r.training, r.dev, r.penalty, r.best) for r in result.history] == [
        (r.epoch, r.training, r.dev, r.penalty, r.best) for r in whole.history
    ]
    assert (result.best_epoch, result.best_state, result.last_state, result.steps, result.final) == (
        whole.best_epoch, whole.best_state, whole.last_state, whole.steps, whole.final,
    )  # fmt: skip
    assert counts.steps == 6
    learnt = [detail[0].path for what, detail in resumed.learner.calls if what == "backprop"]
    assert learnt[0] == ("step", stop // 3 + 1, stop % 3)


def test_a_fresh_state_has_no_weights_and_leaves_the_learner_its_own(scripted):
    fresh = Checkpoint(history=(), steps=0, state={}, optimizer_state={}, best_state=None)
    result = scripted(accuracy=[0.5], epochs=2, start=fresh).run()
    assert (result.epochs_run, result.last_state["weight"]) == (2, 2)


def test_what_the_last_update_left_is_the_best_of_a_finished_run_but_not_of_one_that_goes_on(scripted):
    first = scripted(accuracy=[0.1, 0.2, 0.9, 0.3], epochs=2).run()
    assert first.best_state["weight"] == 2
    assert first.checkpoint.best_state["weight"] == 1
    assert scripted(accuracy=[0.1, 0.2, 0.2, 0.3], epochs=3, start=first.checkpoint).run().best_state["weight"] == 3


def test_all_epochs_done_it_still_makes_the_final_scores(scripted):
    left = scripted(accuracy=[0.1, 0.5], epochs=2).run().checkpoint
    result = scripted(accuracy=[0.1, 0.5], epochs=2, start=left).run()
    assert (result.stopped, result.epochs_run, set(result.final)) == ("finished", 2, {"training", "dev", "test"})


@pytest.mark.parametrize(("patience", "epochs_run"), [(2, 4), (3, 5)])
def test_early_stopping_counts_the_epochs_before(scripted, patience, epochs_run):
    curve = {"accuracy": [0.5, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5], "epochs": 6, "early_stopping": "stop"}
    left = scripted(**curve, on_learn=raising(4), patience=2).run().checkpoint
    result = scripted(**curve, start=left, patience=patience).run()
    assert (result.stopped, result.epochs_run, result.early_stop_epoch) == ("early", epochs_run, epochs_run)


def test_after_an_error_the_state_is_that_of_the_last_whole_epoch_or_none(scripted):
    class Fails(Callback):
        def step_end(self, step):
            if step.step == 3:
                raise OSError

    for sizes, kept in (([10, 10], 1), ([10], None)):  # a single batch was learnt and no copy is kept of before
        trainer = scripted(accuracy=[0.5], epochs=5, sizes=sizes, callbacks=[Fails()])
        with pytest.raises(OSError):
            trainer.run()
        left = trainer.result("failed").checkpoint
        assert (left and len(left.history)) == kept


def test_a_run_that_has_not_taken_over_yet_leaves_what_it_was_given(scripted):
    left = scripted(accuracy=[0.5], epochs=2).run().checkpoint
    assert scripted(accuracy=[0.5], epochs=4, start=left).result("interrupted").checkpoint is left
