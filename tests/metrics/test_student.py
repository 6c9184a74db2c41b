import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.metrics.student import binomial_below, clopper_pearson, incomplete_beta, t_beyond, t_quantile

scipy_stats = pytest.importorskip("scipy.stats", reason="scipy, which comes with scikit-learn, is not installed")


def test_values_by_hand() -> None:
    assert incomplete_beta(1, 1, 0.3) == pytest.approx(0.3)  # the even distribution
    assert incomplete_beta(2, 1, 0.5) == pytest.approx(0.25)  # x^2
    assert (incomplete_beta(3, 4, 0), incomplete_beta(3, 4, 1)) == (0, 1)
    assert binomial_below(1, 3, 0.5) == pytest.approx(0.5)  # 1 + 3 of 8
    assert (binomial_below(-1, 3, 0.5), binomial_below(3, 3, 0.5)) == (0, 1)
    assert t_beyond(1, 1) == pytest.approx(0.5)  # Cauchy's distribution: arctan 1 is half of the way
    assert t_quantile(0.5, 1) == pytest.approx(1)


def test_values_of_printed_tables() -> None:
    assert [round(t_quantile(0.95, freedom), 3) for freedom in (1, 2, 4, 10, 30)] == [
        12.706,
        4.303,
        2.776,
        2.228,
        2.042,
    ]
    assert [round(end, 4) for end in clopper_pearson(0, 10)] == [0.0, 0.3085]
    assert [round(end, 4) for end in clopper_pearson(10, 14)] == [0.4190, 0.9161]


@settings(max_examples=15)
@given(st.floats(0.5, 3000), st.floats(0.5, 3000), st.floats(0, 1))
def test_the_incomplete_beta_is_scipys(a: float, b: float, x: float) -> None:
    # 1e-9: the difference of three logarithms of factorials loses some digits where a and b are large
    assert incomplete_beta(a, b, x) == pytest.approx(scipy_stats.beta.cdf(x, a, b), rel=1e-9, abs=1e-12)


@settings(max_examples=15)
@given(st.floats(-50, 50), st.floats(1, 1000))
def test_students_t_is_scipys(t: float, freedom: float) -> None:
    assert t_beyond(t, freedom) == pytest.approx(2 * scipy_stats.t.sf(abs(t), freedom), rel=1e-8, abs=1e-14)


@settings(max_examples=15)
@given(st.integers(1, 3000), st.floats(0, 1))
def test_clopper_and_pearsons_interval_is_scipys(draws: int, part: float) -> None:
    hits = round(part * draws)
    found = scipy_stats.binomtest(hits, draws).proportion_ci(0.95, "exact")
    # 1e-7: scipy looks for the ends to fewer digits
    assert clopper_pearson(hits, draws) == pytest.approx((found.low, found.high), abs=1e-7)
