"""Gradient checks in the course of a run: when, what they say, and that they leave no trace."""

import logging

import numpy as np
import pytest

from nnlab.core.errors import CheckError
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.losses.penalty import Penalty
from nnlab.training.callbacks.gradient_checks import GradientChecks


def _forget_slope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LeakyReLU, "backward", lambda self, dy, cache, ctx: (dy,))


def test_first_step_of_every_so_many_epochs_is_checked(training, records) -> None:
    checks = GradientChecks("exception", 2)
    training(epochs=5, callbacks=[checks, records]).run()
    assert sorted({(found["epoch"], found["step"]) for found in records.found}) == [(1, 1), (3, 5), (5, 9)]
    summary = checks.summary()
    assert summary["run"] == 3
    assert summary["failed"] == 0
    assert 0 < summary["worst_distance"] <= 1e-7  # F4: near 1e-7 when all is right


def test_every_parameter_gets_a_verdict_that_says_where(training, records) -> None:
    trainer = training(epochs=1, callbacks=[GradientChecks(), records])
    trainer.run()
    names = [parameter.name for parameter in trainer.learner.graph.parameters]
    assert [found["parameter"] for found in records.found] == names
    for found in records.found:
        assert found["kind"] == "gradient"
        assert set(found) == {
            "epoch", "step", "kind", "parameter", "verdict", "distance", "index", "analytic", "numeric",
        }  # fmt: skip


def test_wrong_gradient_ends_the_run_before_its_first_step(training, monkeypatch) -> None:
    _forget_slope(monkeypatch)
    trainer = training(epochs=5, callbacks=[GradientChecks()])
    with pytest.raises(CheckError) as caught:
        trainer.run()
    assert caught.value.exit_code == 3
    assert trainer.steps == 0
    assert "epoch 1, step 1" in str(caught.value)
    assert "the gradient is wrong" in str(caught.value)
    assert "nnlab check" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_penalty_that_is_left_out_is_found(training, monkeypatch, records) -> None:
    """The reference's gradient of the L2 penalty did not match its loss, so its check was skipped."""
    monkeypatch.setattr(Penalty, "add_gradient", lambda self, parameters: None)
    with pytest.raises(CheckError):
        training(epochs=1, callbacks=[GradientChecks(), records]).run()
    wrong = {found["parameter"] for found in records.found if found["verdict"] == "bug"}
    assert wrong == {"dense_1.weight", "output.weight"}


def test_warning_says_it_and_trains_on(training, monkeypatch, caplog) -> None:
    _forget_slope(monkeypatch)
    checks = GradientChecks("warning", 1)
    result = training(epochs=2, callbacks=[checks]).run()
    assert result.epochs_run == 2
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert checks.summary()["failed"] > 0


def test_off_checks_nothing(training, monkeypatch, records) -> None:
    _forget_slope(monkeypatch)
    checks = GradientChecks("off")
    training(epochs=1, callbacks=[checks, records]).run()
    assert records.found == []
    assert checks.summary() == {"run": 0, "worst_distance": None, "failed": 0, "form": "parameters"}


@pytest.mark.parametrize("options", [{}, {"batch_norm": False, "activation": "ReLU"}, {"layers": ()}])
def test_run_with_checks_equals_run_without_bit_for_bit(training, options) -> None:
    """F5: identical results, with dropout, batch statistics, penalty and Adam's memory at work."""
    without = training(epochs=4, **options)
    checked = training(epochs=4, callbacks=[GradientChecks("exception", 1)], **options)
    first, second = without.run(), checked.run()
    assert [record.training for record in first.history] == [record.training for record in second.history]
    assert [record.dev for record in first.history] == [record.dev for record in second.history]
    for one, other in ((first.last_state, second.last_state), (first.optimizer_state, second.optimizer_state)):
        assert one.keys() == other.keys()
        for name in one:
            np.testing.assert_array_equal(one[name], other[name], err_msg=name)
