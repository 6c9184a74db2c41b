import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.metrics.interval import Z95, wilson


def test_a_value_by_hand() -> None:
    """p = 1/2 of 4 with z = 2: (0.5 + 0.5 -+ 2 sqrt(1/16 + 1/16)) / 2"""
    assert wilson(0.5, 4, z=2.0) == pytest.approx((0.5 - 2**0.5 / 4, 0.5 + 2**0.5 / 4))


def test_a_published_value() -> None:
    """15 of 148: 6.2% to 16.0% (Newcombe, "Two-sided confidence intervals for the single proportion", 1998)."""
    assert [round(end, 4) for end in wilson(15 / 148, 148)] == [0.0624, 0.1605]
    assert [round(end, 4) for end in wilson(0, 20)] == [0.0, 0.1611]


@given(st.integers(1, 5000), st.floats(0, 1))
def test_it_holds_the_share_and_stays_a_share(samples: int, part: float) -> None:
    share = round(part * samples) / samples
    low, high = wilson(share, samples)
    assert 0 <= low <= share <= high <= 1 and low < high


@given(st.integers(1, 200), st.integers(1, 199))
def test_its_ends_are_where_the_share_is_z_deviations_away(samples: int, right: int) -> None:
    share = min(right, samples) / samples
    for end in wilson(share, samples):
        if 0 < end < 1:
            # 1e-6: the root of a difference of nearly equal numbers
            assert abs(share - end) == pytest.approx(Z95 * (end * (1 - end) / samples) ** 0.5, rel=1e-6)


def test_no_samples_have_none() -> None:
    with pytest.raises(ValueError, match="no samples"):
        wilson(0.5, 0)
