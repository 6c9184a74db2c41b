"""Distances of points, by hand and as pycocotools has them."""

import numpy as np
import pytest

from nnlab.core.truth import Points
from nnlab.metrics.points import MeanDistance, Oks, Pck

TRUE = (
    Points(np.array([[0.0, 0], [10, 20]]), np.array([True, True])),
    Points(np.array([[5.0, 5], [np.nan, np.nan]]), np.array([True, False])),
)
SAID = (
    Points(np.array([[3.0, 4], [10, 20]]), np.array([True, False])),
    Points(np.array([[5.0, 17], [1, 1]]), np.array([True, True])),
)
"""Off by 5, 0 and 12; the fourth is hidden."""


def judged(metric, said=SAID, true=TRUE):
    metric.update(said, true)
    return metric.compute()


def test_the_mean_is_over_the_points_that_can_be_seen():
    metric = MeanDistance()
    assert judged(metric) == pytest.approx(17 / 3)
    assert metric.per_class().tolist() == [8.5, 0]


@pytest.mark.parametrize(("radius", "share"), [(4.9, 1 / 3), (5, 2 / 3), (10, 2 / 3), (12, 1)])
def test_pck_counts_those_within_its_radius(radius, share):
    assert judged(Pck(radius=radius)) == pytest.approx(share)


def test_pck_is_named_by_its_radius_and_shown_in_percent():
    assert (Pck().figure_key, Pck().figure_title, Pck.shown(0.987)) == ("pck_10", "PCK@10", "98.7%")
    assert Pck(radius=2.5).figure_key == "pck_2.5"


def test_oks_by_hand():
    # the first sample's box is 10 x 20, k = 0.1: exp(-25 / (2 200 0.01)) and 1; the second has one point, so no box
    assert judged(Oks()) == pytest.approx((np.exp(-25 / 4) + 1) / 2)
    # of size 10: the second counts too, exp(-144 / (2 100 0.01))
    assert judged(Oks(thing_size=10)) == pytest.approx(((np.exp(-25 / 2) + 1) / 2 + np.exp(-72)) / 2)


def test_points_of_which_none_can_be_seen_are_not_judged():
    hidden = (Points(np.zeros((2, 2)), np.zeros(2, bool)),)
    for metric in (MeanDistance(), Pck(), Oks(), Oks(thing_size=3)):
        assert np.isnan(judged(metric, hidden, hidden))


def test_an_answer_without_a_place_is_wrong():
    nowhere = (Points(np.full((2, 2), np.nan), np.zeros(2, bool)),)
    assert np.isnan(judged(MeanDistance(), nowhere, TRUE[:1]))
    assert judged(Pck(), nowhere, TRUE[:1]) == 0 and judged(Oks(), nowhere, TRUE[:1]) == 0


def test_oks_is_that_of_pycocotools():
    coco = pytest.importorskip("pycocotools.cocoeval", reason="pycocotools is not installed")
    chance = np.random.default_rng(7)
    metric, theirs = Oks(thing_size=30.0, sigma=0.07), []
    for _ in range(40):
        true, seen = chance.random((17, 2)) * 50, chance.random(17) < 0.8
        seen[0] = True
        said = true + chance.standard_normal((17, 2)) * 6
        metric.update((Points(said, np.ones(17, bool)),), (Points(true, seen),))
        evaluation = coco.COCOeval(iouType="keypoints")
        evaluation.params.kpt_oks_sigmas = np.full(17, 0.07)
        flat = lambda places, visible: np.column_stack([places, visible]).ravel().tolist()  # noqa: E731
        evaluation._gts = {(1, 1): [{"keypoints": flat(true, 2 * seen), "area": 900.0, "bbox": [0, 0, 50, 50]}]}
        evaluation._dts = {(1, 1): [{"keypoints": flat(said, np.ones(17)), "score": 1.0}]}
        theirs.append(float(evaluation.computeOks(1, 1)[0, 0]))
    assert metric.compute() == pytest.approx(np.mean(theirs), rel=1e-9)  # theirs adds 2e-16 to the area
