"""What is kept of dev's losses, in runs whose curves are scripted."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.training.callbacks.overshoot_watch import MOST, OvershootWatch

RISING = [1.0, 0.8, 0.6, 0.5, 0.55, 0.6, 0.7, 0.8]
FALLING = [1.0, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15]


@pytest.fixture
def run(scripted):
    """A trainer whose dev losses are their own, by the steps that the weights had taken."""

    def make(dev=RISING, training=FALLING, epochs=8, **options):
        watch = OvershootWatch()
        trainer = scripted(accuracy=[0.5], loss=training, epochs=epochs, callbacks=[watch], **options)
        evaluate = trainer.learner.evaluate

        def scored(batch, *, each=False):
            result, step = evaluate(batch, each=each), int(trainer.learner.weight[0])
            if not batch.sources[0].startswith("dev"):
                return result
            loss = dev[min(step, len(dev) - 1)]
            return replace(result, loss=loss, each=np.full(len(batch), loss) if each else None)

        trainer.learner.evaluate = scored
        return trainer, watch

    return make


def test_the_scripted_curves(run):
    trainer, watch = run()
    trainer.run()
    found = watch.summary()
    assert (found["verdict"], found["from_epoch"], found["wasted_epochs"], found["epochs"]) == ("overshoot", 5, 4, 8)
    assert (found["figure"], found["figure_since"]) == (0.5, 0.5)


def test_early_stopping_that_stops_avoids_it(run):
    trainer, watch = run(epochs=80, early_stopping="stop", patience=3, dev=[*RISING, *[0.9] * 80])
    result = trainer.run()
    assert (result.stopped, result.epochs_run, watch.summary()["verdict"]) == ("early", 7, "none")  # too soon to be one
    trainer, watch = run(epochs=80, early_stopping="stop", patience=6, dev=[*RISING, *[0.9] * 80])
    assert trainer.run().epochs_run == 10 and watch.summary()["verdict"] == "avoided"


def test_a_run_that_is_resumed_is_judged_as_one_that_was_not(run):
    whole, of_whole = run()
    whole.run()
    first, of_first = run(epochs=6)
    checkpoint = first.run().checkpoint
    assert set(checkpoint.counts) == {"OvershootWatch"}
    second, of_second = run(start=checkpoint)
    second.run()
    assert of_second.summary() == of_whole.summary()
    assert of_first.summary()["verdict"] == "none"


def test_no_more_is_kept_than_may_be_asked_for(run):
    trainer, watch = run(dev=[1.0] * 3 + [0.5] + [0.6] * 40, training=[1 / (1 + i) for i in range(40)], epochs=40,
                         test=[], **{"sizes": [10]})  # fmt: skip
    kept = []
    trainer.callbacks[0].epoch_start = lambda epoch: kept.append(len(watch._since))
    trainer.run()
    assert kept[:7] == [0, 1, 2, 3, 1, 2, 3]  # a lower least lets go of all before it
    assert max(kept) == 5


def test_of_many_samples_some_are_kept_and_the_mean_is_of_all(run):
    trainer, watch = run(dev=RISING)
    trainer.data.dev.sizes = [700, 700]
    trainer.run()
    assert watch._least.shape == (MOST,)
    assert watch.summary()["verdict"] == "overshoot"


@pytest.mark.parametrize("state", [{}, {"least": "x", "since": []}, {"least": "AAA=", "since": ["AAAA"]}])
def test_a_state_that_cannot_be_read_is_not_known(state):
    watch = OvershootWatch()
    watch.load_state(state)
    assert watch._least is None and not watch._since


def test_without_dev_there_is_nothing_to_say(run):
    trainer, watch = run(eval_dev=False)
    trainer.run()
    assert watch.summary() is None
