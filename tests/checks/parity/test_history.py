"""Differences that grow while every step is right."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nnlab.checks.parity.history import TOLERANCE, History
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import Memory, Moment, take
from nnlab.checks.parity.subject import Subject

SubjectOf = Callable[..., Subject]
MomentOf = Callable[[Subject], Moment]
EPS = float(np.finfo(np.float32).eps)


def after(subject: Subject, moment: Moment, jitter: float = 0.0) -> Memory:
    stepper = Jittered(subject, jitter=jitter)
    take(stepper, moment, lambda name, tensor: None)
    return Memory.of(stepper)


def test_a_tensor_is_looked_into_once_and_again_when_ten_times_as_far() -> None:
    history, tolerance = History("float32"), TOLERANCE["float32"]
    assert history.drifted({"loss": tolerance, "dense_1 forward": 0.0}) == {}
    assert history.drifted({"loss": 2 * tolerance}) == {"loss": 2 * tolerance}
    assert history.drifted({"loss": 20 * tolerance}) == {}
    assert history.drifted({"loss": 21 * tolerance}) == {"loss": 21 * tolerance}
    assert history.drifted({"loss": float("inf")}) == {"loss": float("inf")}


def test_float64_drifts_earlier() -> None:
    assert History("float64").drifted({"loss": 1e-11}) == {"loss": 1e-11}


def test_what_has_no_signal_and_what_follows_it_is_told_from_what_was_rounded(
    subject_of: SubjectOf, moment_of: MomentOf
) -> None:
    subject = subject_of(bias=True)
    moment = moment_of(subject)
    one, other = after(subject, moment), after(subject, moment)
    other.values["dense_1.bias"][:] += 0.01
    other.values["dense_2.weight"][:] *= 1.001
    drifted = dict.fromkeys(
        ["dense_1.bias", "dense_1 gradient bias", "dense_1 forward", "batch_norm_1.running_mean"], 0.01
    ) | dict.fromkeys(["dense_2.weight", "dense_2 forward", "batch_norm_1 forward", "loss"], 0.001)
    history = History("float32")
    rounding = Rounding(subject, moment, eps=EPS)
    rounding.repeat()
    kinds = history.look(drifted, rounding, one.tensors(), other)
    assert {name for name, kind in kinds.items() if kind == "no signal"} == history.silent_tensors
    assert history.silent_tensors == {name for name, relative in drifted.items() if relative == 0.01}


def test_noise_stays_noted(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    """An element that had no signal once was moved by chance then; that it has some now does not undo it."""
    subject = subject_of()
    moment = moment_of(subject)
    constant = moment.batch.inputs.copy()
    constant[:, 2] = 0.5
    before = replace(moment, batch=replace(moment.batch, inputs=constant))
    one, other = after(subject, moment), after(subject, moment)
    other.values["dense_1.weight"][2] += 0.01
    history = History("float32")
    for at, kind in ((moment, "rounding"), (before, "no signal"), (moment, "no signal")):
        rounding = Rounding(subject, at, eps=EPS)
        rounding.repeat()
        assert history.look({"dense_1.weight": 0.01}, rounding, one.tensors(), other) == {"dense_1.weight": kind}
    assert history.silent_tensors == {"dense_1.weight"}


def test_what_quicker_forms_round_away_widens_the_tolerance_up_to_three_digits():
    assert History("float64", 100.0).drifted({"a": 0.9e-10}) == {}
    assert History("float64").drifted({"a": 0.9e-10}) == {"a": 0.9e-10}
    assert History("float32", 100.0).drifted({"a": 0.9e-3, "b": 1.1e-3}) == {"b": 1.1e-3}
