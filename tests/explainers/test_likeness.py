import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.explainers.likeness import rank_correlation, structural_similarity


def test_ranks_alone_count() -> None:
    x = Rng(0).generator().random((5, 6))
    assert rank_correlation(x, np.exp(3 * x)) == pytest.approx(1)
    assert rank_correlation(x, -x) == pytest.approx(-1)


def test_equal_values_share_their_ranks() -> None:
    """Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: 1 - 6 sum d^2 / (n (n^2 - 1)) holds without ties alone; by hand 0.9487."""
    assert rank_correlation(np.array([1, 2, 2, 3]), np.array([1, 3, 2, 4])) == pytest.approx(4.5 / np.sqrt(4.5 * 5))


def test_a_flat_map_is_like_nothing() -> None:
    assert rank_correlation(np.zeros((3, 3)), np.arange(9).reshape(3, 3)) == 0


def test_structure() -> None:
    x = Rng(1).generator().random((12, 9))
    assert structural_similarity(x, 5 * x) == pytest.approx(1)  # stretched to the same largest value
    assert structural_similarity(x, Rng(2).generator().random((12, 9))) < 0.3
    assert structural_similarity(np.zeros((4, 4)), np.zeros((4, 4))) == pytest.approx(1)
