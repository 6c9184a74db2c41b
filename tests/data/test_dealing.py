import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.rng import Rng
from nnlab.data.dealing import deal_evenly, deal_groups, deal_in_order


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(2, 7))
def test_folds_of_a_class_and_of_all_differ_by_one_sample_at_most(sizes, folds):
    dealt = deal_evenly(sizes, folds, Rng(3), [str(place) for place in range(len(sizes))])
    assert [len(homes) for homes in dealt] == sizes
    counts = np.array([np.bincount(homes, minlength=folds) for homes in dealt])
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 1
    assert np.ptp(counts.sum(axis=0)) <= 1


def test_groups_alike_are_dealt_by_the_shares_to_the_group():
    table = np.tile([[5, 5]], (20, 1))  # twenty groups of ten samples, half of each class
    homes = deal_groups(table, [0.7, 0.15, 0.15], Rng(0))
    assert np.bincount(homes).tolist() == [14, 3, 3]
    assert not np.array_equal(homes, deal_groups(table, [0.7, 0.15, 0.15], Rng(1)))


def test_a_part_without_a_share_is_left_empty_and_one_with_a_share_is_not():
    table = np.array([[90], [5], [5]])
    assert np.bincount(deal_groups(table, [0.8, 0.2, 0.0], Rng(0)), minlength=3).tolist() == [1, 2, 0]
    assert np.bincount(deal_groups(table, [0.98, 0.01, 0.01], Rng(0)), minlength=3).tolist() == [1, 1, 1]


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_spread_over_folds_as_evenly_as_scikit_learn_spreads_them(seed):
    sklearn = pytest.importorskip("sklearn.model_selection")
    generator = np.random.default_rng(seed)
    table = generator.integers(0, 12, (60, 4))
    labels = np.repeat(np.tile(np.arange(4), 60), table.ravel())
    groups = np.repeat(np.repeat(np.arange(60), 4), table.ravel())
    theirs = np.empty(60, int)
    peer = sklearn.StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    for fold, (_, held) in enumerate(peer.split(labels, labels, groups)):
        theirs[groups[held]] = fold

    def unevenness(homes):
        counts = np.stack([table[homes == fold].sum(axis=0) for fold in range(5)])
        return np.square(counts / counts.sum(axis=0) - 0.2).sum()

    assert unevenness(deal_groups(table, [0.2] * 5, Rng(seed))) <= unevenness(theirs)


@given(st.lists(st.integers(1, 50), min_size=3, max_size=30), st.sampled_from([(0.7, 0.15, 0.15), (0.8, 0.0, 0.2)]))
def test_in_order_parts_are_in_a_row_and_none_with_a_share_is_empty(sizes, shares):
    homes = deal_in_order(sizes, shares)
    assert (np.diff(homes) >= 0).all()
    assert set(homes.tolist()) == {part for part, share in enumerate(shares) if share}
