import itertools

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.losses import comparing
from nnlab.losses.contrastive import Contrastive
from nnlab.losses.triplet import Triplet


def at(*places: float) -> np.ndarray:
    """Points on a line, so that distances are differences."""
    return np.array(places)[:, np.newaxis]


def of(*identities: int) -> Target:
    return Target(np.array(identities, np.float64)[:, np.newaxis])


def loss(what, points, target):
    return what(points, target, Context())[0]


def test_contrastive_golden():
    assert loss(Contrastive(), at(0, 0.6), of(1, 1)) == pytest.approx(0.18)  # 0.6^2 / 2
    assert loss(Contrastive(), at(0, 0.6), of(1, 2)) == pytest.approx(0.08)  # (1 - 0.6)^2 / 2
    assert loss(Contrastive(margin=0.5), at(0, 0.6), of(1, 2)) == 0


@pytest.mark.parametrize("mining", ["hardest", "semi-hard", "all"])
def test_triplet_golden(mining):
    # of the anchor 0: d_ap 0.6, d_an 0.8, 0.6 - 0.8 + 0.3 = 0.1;  of the anchor 0.6: d_an 1.4, no loss
    assert loss(Triplet(margin=0.3, mining=mining), at(0, 0.6, -0.8), of(1, 1, 2)) == pytest.approx(0.1 / 2)


def brute(points, identities, margin, mining):
    """Every triplet by itself, as the definition says."""
    d = np.linalg.norm(points[:, None] - points[None], axis=-1)
    each = []
    for a in range(len(points)):
        ps = [p for p in range(len(points)) if p != a and identities[p] == identities[a]]
        ns = [n for n in range(len(points)) if identities[n] != identities[a]]
        if not ps or not ns:
            continue
        pairs = list(itertools.product(ps, ns))
        if mining == "hardest":
            pairs = [(max(ps, key=lambda p: d[a, p]), min(ns, key=lambda n: d[a, n]))]
        if mining == "semi-hard":
            pairs = []
            for p in ps:
                farther = [n for n in ns if d[a, n] > d[a, p]]
                pairs.append((p, min(farther, key=lambda n: d[a, n]) if farther else max(ns, key=lambda n: d[a, n])))
        each.append(np.mean([max(0, d[a, p] - d[a, n] + margin) for p, n in pairs]))
    return np.mean(each)


@pytest.mark.parametrize("mining", ["hardest", "semi-hard", "all"])
@pytest.mark.parametrize("block", [comparing.BLOCK, 30])
def test_mined_triplets_are_those_of_the_definition(mining, block, monkeypatch):
    monkeypatch.setattr(comparing, "BLOCK", block)
    for seed in range(20):
        chance = np.random.default_rng(seed)
        points = chance.standard_normal((15, 3))
        identities = chance.integers(0, 5, 15)
        got = loss(Triplet(margin=0.9, mining=mining), points, of(*identities))
        assert got == pytest.approx(brute(points, identities, 0.9, mining), rel=1e-9)


def test_who_is_alone_is_left_out_of_the_mean_and_no_pair_at_all_is_no_loss():
    three, four = at(0, 0.6, -0.8), at(0, 0.6, -0.8, 5)
    assert loss(Triplet(), four, of(1, 1, 2, 3)) == pytest.approx(loss(Triplet(), three, of(1, 1, 2)))
    assert Triplet()(three, of(1, 2, 3), Context())[1].any() == 0
    assert loss(Contrastive(), at(1.0), of(1)) == 0


def test_one_without_weight_is_not_there_for_others():
    points, there = at(0, 0.6, -0.8, 0.1), np.array([[1.0], [1], [1], [0]])
    for what in (Contrastive(), Triplet(), Triplet(mining="all"), Triplet(mining="semi-hard")):
        with_it = what(points, Target(of(1, 1, 2, 2).value, there), Context())
        without = what(points[:3], of(1, 1, 2), Context())
        assert with_it[0] == pytest.approx(without[0])
        np.testing.assert_allclose(with_it[1][:3], without[1], atol=1e-15)


def test_each_says_what_a_sample_loses_among_the_others():
    each = Triplet().each(at(0, 0.6, -0.8), of(1, 1, 2), Context())
    np.testing.assert_allclose(each, [0.1, 0, 0], atol=1e-12)
    assert Triplet.separable is False


def test_points_in_one_place_have_a_finite_gradient():
    for what in (Contrastive(), Triplet(), Triplet(mining="all")):
        value, gradient = what(np.zeros((4, 2), np.float32), of(1, 1, 2, 2), Context())
        assert np.isfinite(value) and not gradient.any() and gradient.dtype == np.float32


def test_identities_of_another_shape_are_refused():
    with pytest.raises(ShapeError, match=r"identities of \(3, 1\)"):
        Contrastive()(at(0, 1, 2), Target(np.zeros((3, 2))), Context())
