import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.truths import Labels, Vectors
from nnlab.kernels import nearest
from nnlab.metrics.bootstrap import bootstrap
from nnlab.metrics.retrieval import RecallAt, RetrievalPrecision


def figure(metric, vectors, labels):
    metric.reset()
    metric.update(Vectors(np.asarray(vectors)), Labels(np.asarray(labels)))
    return metric.compute()


def brute(vectors, labels, k):
    """recall@k and mAP, one query at a time."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    recalls, precisions = [], []
    for query in range(len(unit)):
        others = sorted((o for o in range(len(unit)) if o != query), key=lambda o: (-float(unit[query] @ unit[o]), o))
        own = [labels[o] == labels[query] for o in others]
        if any(own):
            recalls.append(any(own[:k]))
            precisions.append(np.mean([sum(own[: at + 1]) / (at + 1) for at, same in enumerate(own) if same]))
    return (np.mean(recalls), np.mean(precisions)) if recalls else (np.nan, np.nan)


@pytest.mark.parametrize("block", [nearest.BLOCK, 40])
def test_equal_to_brute_force(block, monkeypatch):
    monkeypatch.setattr(nearest, "BLOCK", block)
    for seed in range(30):
        chance = np.random.default_rng(seed)
        vectors, labels = chance.standard_normal((18, 3)), chance.integers(0, 6, 18)
        k = 1 + seed % 3
        recall, precision = brute(vectors, labels, k)
        assert figure(RecallAt(k=k), vectors, labels) == pytest.approx(recall, abs=1e-12)
        assert figure(RetrievalPrecision(), vectors, labels) == pytest.approx(precision, abs=1e-12)


def test_by_hand():
    # of the first, the second is nearest (own), then the third (other), then the fourth (own): (1/1 + 2/3) / 2
    vectors = np.array([[1, 0], [1, 0.1], [1, 0.3], [1, 0.9]])
    metric = RetrievalPrecision()
    figure(metric, vectors, [0, 0, 1, 0])
    assert metric.each()[0] == pytest.approx((1 + 2 / 3) / 2)
    assert np.isnan(metric.each()[2])  # alone of its class: not counted
    assert figure(RecallAt(), vectors, [0, 0, 1, 0]) == pytest.approx(2 / 3)  # the nearest of the fourth is the third
    assert figure(RecallAt(k=2), vectors, [0, 0, 1, 0]) == 1


def test_of_equally_near_ones_the_first_counts():
    same = np.ones((4, 2))
    assert figure(RecallAt(), same, [0, 1, 0, 1]) == 0.25  # only the third finds the first
    assert figure(RetrievalPrecision(), same[:3], [0, 0, 0]) == 1


def test_a_figure_that_was_asked_for_is_not_that_of_later_samples():
    chance = np.random.default_rng(2)
    labels = np.arange(20) % 4
    vectors = np.eye(4)[labels] + 0.3 * chance.standard_normal((20, 4))
    for metric in (RecallAt(), RetrievalPrecision()):
        figure(metric, vectors[:10], labels[:10])
        metric.update(Vectors(vectors[10:]), Labels(labels[10:]))
        both = metric.compute()
        assert both == figure(metric, vectors, labels)
        assert figure(metric, vectors, chance.permutation(labels)) < both  # as many, after a reset


def test_no_numbers_find_nothing():
    vectors = np.array([[1, 0], [np.nan, 0], [1, 0.1], [np.nan, 1]])
    for metric in (RecallAt(), RetrievalPrecision()):
        assert figure(metric, vectors, [0, 1, 0, 1]) == 0.5


def test_per_class_and_where_all_are_alone():
    metric = RecallAt()
    figure(metric, np.array([[1, 0], [1, 0.1], [0, 1], [1, 0.3]]), [0, 0, 2, 2])
    np.testing.assert_array_equal(metric.per_class(), [1, np.nan, 0.5])
    assert np.isnan(figure(metric, np.eye(3), [0, 1, 2]))


def test_its_interval_draws_queries_not_copies_that_find_themselves():
    chance = np.random.default_rng(0)
    vectors, labels = Vectors(chance.standard_normal((60, 2))), Labels(np.arange(60) % 6)
    low, high = bootstrap(RecallAt(), vectors, labels)
    assert low < figure(RecallAt(), vectors.numbers, labels.indexes) < high < 0.5


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_samples_does_not_matter(seed):
    chance = np.random.default_rng(seed)
    vectors, labels, order = chance.standard_normal((12, 4)), chance.integers(0, 3, 12), chance.permutation(12)
    for metric in (RecallAt(), RetrievalPrecision()):
        assert figure(metric, vectors, labels) == pytest.approx(figure(metric, vectors[order], labels[order]))
