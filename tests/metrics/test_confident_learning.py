import numpy as np
import pytest

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


def drawn(seed: int, samples: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels, of which a fifteenth is wrong, and probabilities."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, classes, samples)
    logits = generator.normal(0, 1, (samples, classes))
    logits[np.arange(samples), truth] += 2
    planted = generator.choice(samples, samples // 15, replace=False)
    labels = truth.copy()
    labels[planted] = (labels[planted] + generator.integers(1, classes, samples // 15)) % classes
    return labels, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_cleanlab_lists_the_same():
    """What cleanlab 2.9.0 said of these: find_label_issues(filter_by="confident_learning"), normalized_margin."""
    found = judged_labels(*drawn(7, 120, 4))
    assert np.flatnonzero(found.suspect).tolist() == [58, 67, 97, 104, 119]
    assert found.order[:8].tolist() == [97, 58, 119, 74, 16, 43, 50, 106]
    # 1e-6: its figures were written down with so many digits
    np.testing.assert_allclose(np.sort(found.quality)[:4], [0.096613, 0.205276, 0.232547, 0.264248], atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_cleanlab_says_so_itself_where_it_is_installed(seed):
    filters = pytest.importorskip("cleanlab.filter", reason="cleanlab is not installed")
    rank = pytest.importorskip("cleanlab.rank")
    labels, probabilities = drawn(seed, 600, 3 + seed)
    found = judged_labels(labels, probabilities)
    issues = filters.find_label_issues(labels, probabilities, filter_by="confident_learning", n_jobs=1)
    np.testing.assert_array_equal(found.suspect, issues)
    scores = rank.get_label_quality_scores(labels, probabilities, method="normalized_margin")
    np.testing.assert_allclose(found.quality, scores, rtol=0, atol=1e-15)  # 1e-15: rounding of the last digit
