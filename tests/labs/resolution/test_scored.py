"""Scores held against each other, by right answers and by losses; kept and read."""

import numpy as np
import pytest

from nnlab.labs.resolution.scored import Scored, against


def hits(lost: int, won: int, both: int) -> tuple[Scored, Scored]:
    one = np.array([True] * lost + [False] * won + [True] * both)
    other = np.array([False] * lost + [True] * won + [True] * both)
    return tuple(Scored({"accuracy": float(r.mean())}, 0.5, len(r), r, np.zeros(len(r))) for r in (one, other))


@pytest.mark.parametrize(
    ("lost", "won", "p", "word"),
    [(4, 10, 0.179565, "cannot tell"), (0, 6, 0.03125, "better"), (6, 5, 1.0, "cannot tell"), (6, 0, 0.03125, "worse")],
)
def test_mcnemar(lost: int, won: int, p: float, word: str) -> None:
    found = against(*hits(lost, won, 90))
    assert (found.lost, found.won, found.word) == (lost, won, word)
    assert found.found.p == pytest.approx(p, abs=1e-6)


def test_by_losses_less_is_better() -> None:
    first = Scored({"mae": 2.0}, 2.0, 4, None, np.array([2.0, 2.1, 1.9, 2.0]))
    second = Scored({"mae": 1.0}, 1.0, 4, None, np.array([1.0, 1.0, 0.9, 1.1]))
    assert against(first, second).word == "better" and against(second, first).word == "worse"
    assert against(first, second).lost is None


def test_as_a_row_keeps_it() -> None:
    for scored in (hits(3, 5, 3)[1], Scored({"mae": 1.0}, 1.0, 2, None, np.array([0.25, 1.75]))):
        again = Scored.read(scored.document())
        assert (again.figures, again.loss, again.samples) == (scored.figures, scored.loss, scored.samples)
        if scored.right is None:
            np.testing.assert_array_equal(again.losses, scored.losses)
        else:
            np.testing.assert_array_equal(again.right, scored.right)
