"""What is said about a comparison."""

from collections.abc import Callable

import pytest

from nnlab.checks.parity.result import Comparison, Divergence, Kind
from nnlab.tracking.comparison.differences import Differences
from nnlab.tracking.comparison.words import (
    MEANINGS,
    TONES,
    divergence_sentence,
    verdict_sentence,
    worst_sentence,
)

Compared = Callable[..., Comparison]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("rounding", "agree but for rounding"),
        ("no signal", "agree in every tensor that has signal"),
        ("convention", "make a choice differently (AdamEpsilon): they part at step 2 in dense_1.bias"),
        ("bug", "compute different things: they part at step 2 in dense_1.bias"),
    ],
)
def test_every_verdict_is_a_sentence_that_names_both(compared: Compared, kind: Kind, says: str) -> None:
    name = "AdamEpsilon" if kind == "convention" else None
    comparison = compared(4, Divergence(2, 1, "dense_1.bias", kind, 0.2, "so it is", name))
    sentence = verdict_sentence(comparison)
    assert sentence.startswith("numpy and torch ") and says in sentence
    assert comparison.verdict in MEANINGS and comparison.verdict in TONES


@pytest.mark.parametrize(("steps", "says"), [(0, "no step"), (1, "at the one step"), (2000, "at all 2,000 steps")])
def test_agreement_says_over_how_many_steps(compared: Compared, steps: int, says: str) -> None:
    assert says in verdict_sentence(compared(steps))


def test_a_divergence_says_step_tensor_kind_how_far_and_why() -> None:
    found = Divergence(3, 2, "dense_1.weight", "convention", 0.25, "agrees with epsilon in the root", "AdamEpsilon")
    said = "step 3, dense_1.weight: convention AdamEpsilon, 2.5e-01 apart; agrees with epsilon in the root"
    assert divergence_sentence(found) == said


def test_a_convention_is_named_once() -> None:
    found = Divergence(3, 2, "w", "convention", 0.25, "epsilon in the root (convention AdamEpsilon)", "AdamEpsilon")
    assert divergence_sentence(found).count("AdamEpsilon") == 1


def test_the_worst_tensor_is_said_with_its_step(compared: Compared, broken: Comparison) -> None:
    assert worst_sentence(Differences.of(compared(4))) == "dense_1.weight, 4.0e-06 at step 4"
    assert worst_sentence(Differences.of(broken)) == "loss, not finite at step 1"
    assert worst_sentence(Differences.of(compared(0))) == "no tensor with signal was compared"
