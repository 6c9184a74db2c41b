"""Instability checks in the course of a run: who is named, when it stops, and that they leave no trace."""

import logging

import numpy as np
import pytest

from nnlab.core.errors import CheckError
from nnlab.layers.dense import Dense
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.softmax import Softmax
from nnlab.training.callbacks.instability_checks import InstabilityChecks


def _break(monkeypatch: pytest.MonkeyPatch, cls: type, method: str, value: float, row: int = 2) -> None:
    """Puts one value into a row of what a method gives."""
    original = getattr(cls, method)

    def broken(self, *args, **kwargs):
        result = original(self, *args, **kwargs)
        array = result[0] if isinstance(result, tuple) else result
        if array is not None:
            array[row, 0] = value
        return result

    monkeypatch.setattr(cls, method, broken)


def _stopped(trainer) -> str:
    with pytest.raises(CheckError) as caught, np.errstate(all="ignore"):
        trainer.run()
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_nan_pixels_are_the_datas_fault_and_the_file_is_named(training, records) -> None:
    def spoil(inputs: np.ndarray) -> None:
        inputs[17, 3] = np.nan

    said = _stopped(training(epochs=1, callbacks=[InstabilityChecks("exception"), records], spoil=spoil))
    assert said.startswith("epoch 1, step 2: the data gave NaN")
    assert "training/17.png" in said
    (found,) = records.found
    assert (found["node"], found["step"], found["files"]) == ("input", 2, ["training/17.png"])


def test_the_layer_that_made_it_in_forward_is_named(training, monkeypatch) -> None:
    _break(monkeypatch, LeakyReLU, "forward", np.inf)
    said = _stopped(training(epochs=1, callbacks=[InstabilityChecks("exception")]))
    assert "activation_1 gave infinity in its output" in said
    assert "1 of 12 samples: training/2.png" in said


def test_the_layer_that_made_it_in_backward_is_named(training, monkeypatch) -> None:
    _break(monkeypatch, LeakyReLU, "backward", np.nan)
    said = _stopped(training(epochs=1, callbacks=[InstabilityChecks("exception")]))
    assert "activation_1 gave NaN in the gradient that it hands to its inputs" in said


def test_a_parameters_gradient_names_its_layer(training, monkeypatch) -> None:
    def spoilt(self, dy, cache, ctx):
        dxs = original(self, dy, cache, ctx)
        self.weight.grad[0, 0] = np.inf
        return dxs

    original = Dense.backward
    monkeypatch.setattr(Dense, "backward", spoilt)
    said = _stopped(training(epochs=1, callbacks=[InstabilityChecks("exception")]))
    assert "output gave infinity in the gradient weight" in said


def test_zero_where_a_logarithm_follows_is_named_although_the_loss_stays_finite(training, monkeypatch) -> None:
    _break(monkeypatch, Softmax, "forward", 0.0)
    said = _stopped(training(epochs=1, callbacks=[InstabilityChecks("exception")]))
    assert "softmax gave 0 in the probabilities that the loss takes the logarithm of" in said


def test_exception_leaves_the_weights_as_they_were(training, monkeypatch) -> None:
    _break(monkeypatch, LeakyReLU, "backward", np.nan)
    trainer = training(epochs=1, callbacks=[InstabilityChecks("exception")])
    before = trainer.learner.state()
    _stopped(trainer)
    after = trainer.learner.state()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_warning_is_given_once_per_layer_and_counted(training, monkeypatch, caplog, records) -> None:
    _break(monkeypatch, Softmax, "forward", 0.0)
    checks = InstabilityChecks("warning")
    result = training(epochs=3, callbacks=[checks, records]).run()
    assert result.epochs_run == 3
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert len(records.found) == 1
    assert checks.summary() == {"steps": 6, "unstable": 6}


def test_off_watches_nothing(training, monkeypatch, records) -> None:
    _break(monkeypatch, Softmax, "forward", 0.0)
    checks = InstabilityChecks("off")
    training(epochs=1, callbacks=[checks, records]).run()
    assert records.found == []
    assert checks.summary()["steps"] == 0


def test_run_with_checks_equals_run_without_bit_for_bit(training) -> None:
    first = training(epochs=4).run()
    second = training(epochs=4, callbacks=[InstabilityChecks("exception")]).run()
    assert first.last_state.keys() == second.last_state.keys()
    for name, value in first.last_state.items():
        np.testing.assert_array_equal(value, second.last_state[name], err_msg=name)
