import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.metrics.significance import Difference, mcnemar, paired_t, t_interval, two_shares, welch

scipy_stats = pytest.importorskip("scipy.stats", reason="scipy, which comes with scikit-learn, is not installed")

figures = st.lists(st.floats(0, 1), min_size=2, max_size=12)


def p_of(found: Difference) -> float:
    assert found.p is not None
    return found.p


def ends(found: Difference) -> tuple[float, float]:
    assert found.interval is not None
    return found.interval


def test_mcnemar_by_hand() -> None:
    """2 (1 + 14 + 91 + 364 + 1001) / 2^14, and 2 / 2^6"""
    found = mcnemar(4, 10, 1000)
    assert (found.value, round(p_of(found), 3), found.word()) == (0.006, 0.180, "cannot tell")
    found = mcnemar(0, 6, 50)
    assert (found.value, round(p_of(found), 3), found.word()) == (0.12, 0.031, "better")
    assert ends(found) == pytest.approx((6 / 50 * (2 * 0.025 ** (1 / 6) - 1), 6 / 50))
    assert mcnemar(6, 0, 50).word() == "worse"
    assert mcnemar(0, 5, 50).word() == "cannot tell"  # p = 2 / 32
    assert (mcnemar(0, 0, 9).p, mcnemar(0, 0, 9).word()) == (1.0, "cannot tell")
    assert mcnemar(3, 3, 9).p == 1.0


@settings(max_examples=15)
@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_scipys_binomial_test_and_its_interval_agrees_with_its_word(lost: int, won: int) -> None:
    found = mcnemar(lost, won, lost + won + 1)
    if lost + won:
        assert found.p == pytest.approx(scipy_stats.binomtest(won, lost + won).pvalue, rel=1e-9)
        low, high = ends(found)
        assert found.value is not None and low <= found.value <= high
        assert (low > 0 or high < 0) == (found.word() != "cannot tell")


@settings(max_examples=15)
@given(figures, figures)
def test_t_tests_are_scipys(one: list[float], other: list[float]) -> None:
    pairs = min(len(one), len(other))
    apart = [b - a for a, b in zip(one[:pairs], other[:pairs], strict=True)]
    if max(apart) - min(apart) > 1e-6:
        want = scipy_stats.ttest_rel(other[:pairs], one[:pairs])
        found = paired_t(one[:pairs], other[:pairs])
        # 1e-6: p depends steeply on a spread of which rounding takes some digits
        assert found.p == pytest.approx(want.pvalue, rel=1e-6, abs=1e-12)
        assert ends(found) == pytest.approx(tuple(want.confidence_interval()), rel=1e-6, abs=1e-9)
    if max(one) - min(one) > 1e-6 and max(other) - min(other) > 1e-6:
        want = scipy_stats.ttest_ind(other, one, equal_var=False)
        found = welch(one, other)
        assert found.p == pytest.approx(want.pvalue, rel=1e-6, abs=1e-12)
        assert ends(found) == pytest.approx(tuple(want.confidence_interval()), rel=1e-6, abs=1e-9)


def test_a_t_interval_by_hand() -> None:
    """1, 2, 3: mean 2, s = 1, t of 2 degrees of freedom 4.303."""
    assert t_interval([1.0, 2.0, 3.0]) == pytest.approx((2 - 4.30265 / 3**0.5, 2 + 4.30265 / 3**0.5), rel=1e-5)
    assert t_interval([1.0]) is None


def test_which_way_is_better_is_said_by_the_metric() -> None:
    found = paired_t([1.0, 1.1, 1.2], [2.0, 2.1, 2.25])
    assert found.p is not None and found.p < 0.01
    assert (found.word(), found.word("lower")) == ("better", "worse")


def test_pairing_sees_what_lies_under_the_spread_of_seeds() -> None:
    """Each seed gains 0.01 or so; seeds themselves lie 0.1 apart."""
    one, other = [0.5, 0.6, 0.7, 0.8], [0.511, 0.609, 0.712, 0.81]
    assert paired_t(one, other).word() == "better" and welch(one, other).word() == "cannot tell"


def test_equal_differences_are_judged_by_their_signs() -> None:
    five, six = ([0.25 * place for place in range(count)] for count in (5, 6))
    found = paired_t(five, [value + 0.5 for value in five])
    assert (found.p, found.word(), found.interval) == (2 / 32, "cannot tell", None) and found.method.startswith("sign")
    assert paired_t(six, [value + 0.5 for value in six]).word() == "better"
    assert paired_t(six, six).word() == "cannot tell"


def test_too_few_say_so() -> None:
    for found in (paired_t([0.5], [0.9]), welch([0.5], [0.8, 0.9]), welch([], [0.5]), welch([0.5] * 3, [0.9] * 3)):
        assert found.note and found.word() == "cannot tell"
    with pytest.raises(ValueError, match="no samples"):
        mcnemar(0, 0, 0)


def test_two_independent_shares_as_published() -> None:
    """56 of 70 and 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = two_shares((48, 80), (56, 70))
    assert found.value == pytest.approx(0.2) and [round(end, 4) for end in ends(found)] == [0.0524, 0.3339]
    assert found.word() == "better" and two_shares((56, 70), (48, 80)).word() == "worse"


@settings(max_examples=15)
@given(st.integers(1, 200), st.integers(1, 200), st.floats(0, 1), st.floats(0, 1))
def test_the_interval_of_two_shares_agrees_with_its_word(m: int, n: int, a: float, b: float) -> None:
    one, other = (round(a * m), m), (round(b * n), n)
    found = two_shares(one, other)
    low, high = ends(found)
    assert (low > 1e-9 or high < -1e-9) == (found.word() != "cannot tell") or abs(p_of(found) - 0.05) < 1e-9
