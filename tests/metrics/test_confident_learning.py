import numpy as np

from nnlab.metrics.confident_learning import judged_labels


def test_thresholds_quality_and_suspects_by_hand():
    labels = np.array([0, 0, 0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.45, 0.55]])
    found = judged_labels(labels, probabilities)
    # t_0 = (0.9 + 0.8 + 0.1) / 3 = 0.6; t_1 = (0.7 + 0.55) / 2 = 0.625: the third is surely of class 1
    assert found.suspect.tolist() == [False, False, True, False, False]
    assert found.other.tolist() == [1, 1, 1, 0, 0]
    # 1e-12: rounding of sums and a half
    np.testing.assert_allclose(found.quality, [0.9, 0.8, 0.1, 0.7, 0.55], rtol=0, atol=1e-12)
    assert found.order.tolist() == [2, 4, 3, 1, 0]


def test_a_class_that_is_hard_is_not_a_class_that_is_badly_labelled():
    labels = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.4, 0.6], [0.4, 0.6], [0.02, 0.98], [0.03, 0.97]])
    # every picture of class 0 looks rather like class 1, but far less so than what is class 1
    assert not judged_labels(labels, probabilities).suspect.any()
    wrong = np.vstack([probabilities, [[0.02, 0.98]]])  # as sure as what is class 1
    assert judged_labels(np.append(labels, 0), wrong).suspect.tolist() == [False] * 4 + [True]


def test_a_class_that_nobody_is_said_to_be_is_suggested_to_nobody():
    found = judged_labels(np.array([0, 0]), np.array([[0.2, 0.1, 0.7], [0.6, 0.2, 0.2]]))
    assert not found.suspect.any()


def test_planted_errors_come_first():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 5, 1000)
    logits = generator.normal(0, 1, (1000, 5))
    logits[np.arange(1000), truth] += 3
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels, planted = truth.copy(), generator.choice(1000, 50, replace=False)
    labels[planted] = (labels[planted] + generator.integers(1, 5, 50)) % 5
    found = judged_labels(labels, probabilities)
    assert np.isin(planted, found.order[:100]).mean() >= 0.9
    assert np.isin(np.flatnonzero(found.suspect), planted).mean() >= 0.6  # most of what is suspected is wrong
