import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from nnlab.core.truths import Labels
from nnlab.metrics.roc_auc import RocAuc


def of(scores, labels, size=23):
    metric = RocAuc()
    for start in range(0, len(labels), size):
        part = slice(start, start + size)
        metric.update(Labels(scores[part].argmax(axis=1), scores[part]), Labels(labels[part]))
    return metric


@pytest.mark.parametrize("digits", [1, 9], ids=["many ties", "none"])
def test_of_two_classes_it_is_scikit_learns(digits):
    generator = np.random.default_rng(0)
    second, labels = generator.random(300).round(digits), generator.integers(2, size=300)
    scores = np.stack([1 - second, second], axis=1)
    assert of(scores, labels).compute() == pytest.approx(roc_auc_score(labels, second), rel=1e-12)


def test_of_several_it_is_scikit_learns_each_against_the_rest():
    generator = np.random.default_rng(1)
    scores, labels = generator.random((300, 4)), generator.integers(4, size=300)
    scores /= scores.sum(axis=1, keepdims=True)
    expected = roc_auc_score(labels, scores, multi_class="ovr", average="macro")
    assert of(scores, labels).compute() == pytest.approx(expected, rel=1e-12)


def test_a_class_that_is_not_there_is_left_out():
    scores = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]])
    metric = of(scores, np.array([0, 1, 0]))
    assert metric.compute() == 1.0
    np.testing.assert_array_equal(metric.per_class(), [1, 1, math.nan])


def test_one_class_alone_has_none():
    assert math.isnan(of(np.array([[0.6, 0.4]]), np.array([0])).compute())


def test_answers_without_scores_have_no_figure():
    metric = RocAuc()
    for labels in ([0, 1], [0, 5], [1, 0]):
        metric.update(Labels(np.array(labels)), Labels(np.array(labels)))
    assert math.isnan(metric.compute())
    metric.update(Labels(np.array([0]), np.array([[0.5, 0.2, 0.3]])), Labels(np.array([0])))
    assert math.isnan(metric.compute())
