"""When training is called diverged, and what happens then."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from nnlab.core.errors import CheckError
from nnlab.training.callback import Callback
from nnlab.training.callbacks.divergence_guard import DivergenceGuard
from nnlab.training.trainer import Trainer

Training = Callable[..., Trainer]


class Told(Callback):
    """Keeps what checks tell."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []

    def check_done(self, found: Any) -> None:
        self.found.append(json.loads(json.dumps(found, allow_nan=False)))  # a line of checks.jsonl


def test_the_smoothed_loss_is_held_against_four_times_its_least(scripted: Training, caplog: Any) -> None:
    # kept share 0.9; three steps of 1 give 0.271 of 1 - 0.729 = 0.271, which is 1;
    # an 8 then gives (0.9 * 0.271 + 0.8) / (1 - 0.6561) = 1.0439 / 0.3439 = 3.03547,
    # and another 1.73951 / 0.40951 = 4.24778
    told = Told()
    scripted(accuracy=[0.5], loss=[1, 1, 1, 8, 8, 8, 1], epochs=7, callbacks=[DivergenceGuard("warn", 4), told]).run()
    (found,) = told.found
    assert (found["epoch"], found["step"], found["action"], found["minimum"]) == (5, 5, "warn", 1.0)
    assert found["smoothed"] == pytest.approx(1.73951 / 0.40951, rel=1e-12)
    assert caplog.text.count("diverges") == 1
    assert "the loss, smoothed, is 4.248, and was 1 at least" in caplog.text


def test_one_hard_minibatch_and_a_factor_of_almost_nothing_are_no_divergence(scripted: Training) -> None:
    told = Told()
    losses = [1.0, 1.0, *[1e-4] * 150, 2e-2, *[1e-4] * 5, 1.9e-1]  # the least that counts is 0.01, so 0.04 is the bound
    scripted(accuracy=[0.5], loss=losses, epochs=len(losses), callbacks=[DivergenceGuard("warn", 4), told]).run()
    assert told.found == []


def test_a_larger_factor_lets_it_go_higher(scripted: Training) -> None:
    told = Told()
    scripted(accuracy=[0.5], loss=[1, 1, 1, 8, 8], epochs=9, callbacks=[DivergenceGuard("warn", 9), told]).run()
    assert told.found == []  # the smoothed loss goes to 8, and stays below 9


def test_nothing_is_looked_at_when_it_is_off(scripted: Training) -> None:
    told = Told()
    scripted(accuracy=[0.5], loss=[1, math.nan], epochs=3, callbacks=[DivergenceGuard("off"), told]).run()
    assert told.found == []


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_has_diverged_at_once(scripted: Training, bad: float) -> None:
    told = Told()
    trainer = scripted(accuracy=[0.5], loss=[1, bad], epochs=5, callbacks=[DivergenceGuard("stop"), told])
    with pytest.raises(CheckError, match=rf"epoch 2, step 2: training diverges: the loss is {bad}; try a lower"):
        trainer.run()
    assert [(found["action"], found["loss"]) for found in told.found] == [("stop", None)]
    assert trainer.result("failed").best_epoch == 1


def test_the_way_back_leads_to_the_epoch_of_the_least_loss_and_halves_the_rate_three_times(scripted: Training) -> None:
    told, guard = Told(), DivergenceGuard("rollback")
    trainer = scripted(accuracy=[0.5], loss=[2, 1, 1, 1, 99], epochs=20, callbacks=[guard, told])
    with pytest.raises(CheckError, match=r"diverges again after 3 ways back: the loss, smoothed, is .* at least"):
        trainer.run()
    # the weight counts steps: after 4 the loss is the least and epoch 5 begins; its own, 99, leads back there
    assert [(found["to_epoch"], found.get("rate_share")) for found in told.found[:3]] == [(4, 0.5), (4, 0.5), (4, 0.5)]
    assert [found["action"] for found in told.found] == ["rollback"] * 3 + ["stop"]
    assert [call for call in trainer.learner.calls if call[0] == "slow"] == [("slow", 1)] * 3  # a script has no rate
    assert guard.summary() == {"reaction": "rollback", "factor": 4.0, "events": 4, "rollbacks": 3}
    assert trainer.learner.state()["weight"] == 5


def test_before_the_first_epoch_has_ended_the_way_back_leads_to_the_beginning(scripted: Training, caplog: Any) -> None:
    guard = DivergenceGuard("rollback")
    trainer = scripted(accuracy=[0.5], loss=[1, 1, 99], epochs=1, sizes=(5, 5, 5, 5), callbacks=[guard])
    trainer.run()
    assert "back to the beginning, at 0.5 of the learning rate" in caplog.text
    assert trainer.learner.state()["weight"] <= 1


def test_a_step_of_several_batches_is_judged_as_a_whole(scripted: Training) -> None:
    # both batches of a step have the loss of the same weights: 10 and 30 of 40 samples count 1/4 and 3/4
    told = Told()
    scripted(
        accuracy=[0.5], loss=[1, 40], epochs=2, sizes=(10, 30), accumulate=2, callbacks=[DivergenceGuard("warn"), told]
    ).run()
    assert [(found["step"], found["loss"]) for found in told.found] == [(2, 40.0)]


def test_what_it_counted_is_taken_over() -> None:
    guard = DivergenceGuard("rollback")
    assert DivergenceGuard("rollback").state() == guard.state()
    guard._least, guard._average, guard._steps, guard.rollbacks = 0.5, 0.1, 7, 2
    guard._good = {"epoch": 3, "smoothed": math.inf, "average": 0.1, "steps": 6}
    other = DivergenceGuard("rollback")
    other.load_state(json.loads(json.dumps(guard.state(), allow_nan=False)))
    assert other.state() == guard.state()
    assert other._good == guard._good
