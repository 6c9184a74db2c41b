"""The gate: what is let through, and what is not."""

import numpy as np
import pytest

from nnlab.labs.ladder.parity import Judged, Parity, parity, why_not
from nnlab.metrics.significance import mcnemar

NEAR = Parity(1e-8, 5e-5, 1.0, 64)


def judged(lost: int, won: int, samples: int = 1000) -> Judged:
    return Judged(lost, won, (lost - won) / samples, mcnemar(lost, won, samples))


def test_distance_and_agreement_by_hand() -> None:
    reference = [np.array([[1.0, 3.0], [4.0, 2.0]]), np.array([10.0])]
    found = parity(reference, [np.array([[1.0, 3.5], [4.0, 4.5]]), np.array([11.0])])
    assert found == Parity(absolute=2.5, relative=2.5 / 4, agreement=0.5, samples=2)
    assert parity([np.zeros((2, 3))], [np.zeros((2, 4))]).relative == np.inf
    assert parity([np.zeros(2)], [np.array([0, np.nan])]).relative == np.inf


def test_logits_are_made_probabilities_first() -> None:
    logits = np.log(np.array([[0.25, 0.75]]))
    assert parity([np.array([[0.25, 0.75]])], [logits + 3], logits=True).relative < 1e-12


def test_a_change_of_a_float_graph_may_move_a_ten_thousandth() -> None:
    assert why_not("float", NEAR, None, max_drop=0.01) is None
    far = Parity(1.0, 2e-4, 1.0, 64)
    assert why_not("float", far, None, max_drop=0.01) == "0.0002 of the largest output away, 0.0001 is allowed"
    assert why_not("float", NEAR, None, max_drop=0.01, same_classes=False) == "a test picture gets another class"
    assert why_not("float", Parity(np.inf, np.inf, None, 1), None, max_drop=0.01) is not None


def test_half_precision_keeps_classes_and_loses_nothing_that_chance_does_not_explain() -> None:
    loose = Parity(0.1, 0.1, 0.99, 100)
    assert why_not("half", loose, judged(1, 0), max_drop=0) is None
    assert "98.0%" in str(why_not("half", Parity(0.1, 0.1, 0.98, 100), None, max_drop=0))
    assert "more than chance (p 0.031)" in str(why_not("half", loose, judged(6, 0), max_drop=0))


@pytest.mark.parametrize(
    ("lost", "won", "reason"),
    [(4, 10, None), (12, 2, "1.0 points lost"), (10, 0, "worse by more than chance (p 0.002)"), (8, 3, None)],
)
def test_int8_may_lose_a_point_unless_chance_does_not_explain_it(lost: int, won: int, reason: str | None) -> None:
    found = why_not("int8", Parity(0.5, 0.5, 0.5, 64), judged(lost, won), max_drop=0.0099 if lost == 12 else 0.01)
    assert found is None if reason is None else reason in str(found)


def test_int8_without_accuracy_is_let_through_if_it_gives_numbers() -> None:
    assert why_not("int8", Parity(0.5, 0.5, None, 64), None, max_drop=0.01) is None
    assert why_not("int8", Parity(np.inf, np.inf, None, 64), None, max_drop=0.01) is not None
