import numpy as np
import pytest
from sklearn.metrics import top_k_accuracy_score

from nnlab.core.truths import Labels
from nnlab.metrics.classes import Classes
from nnlab.metrics.top_k import TopK
from nnlab.tasks.classification import Classification
from nnlab.training.scoring import Judgement


def of(metric, scores, labels):
    for part in (slice(0, 3), slice(3, None)):
        metric.update(Labels(scores[part].argmax(axis=1), scores[part]), Labels(labels[part]))
    return metric.compute()


@pytest.mark.parametrize("k", [1, 2, 4])
def test_it_is_scikit_learns(k):
    generator = np.random.default_rng(0)
    scores, labels = generator.random((200, 6)), generator.integers(6, size=200)
    assert of(TopK(k=k), scores, labels) == top_k_accuracy_score(labels, scores, k=k)


def test_of_one_it_is_the_accuracy_also_where_scores_are_equal():
    generator = np.random.default_rng(1)
    scores, labels = generator.integers(0, 3, (200, 4)).astype(float), generator.integers(4, size=200)
    assert of(TopK(k=1), scores, labels) == of(Classes(), scores, labels)


def test_an_undecided_answer_is_wrong():
    metric = TopK(k=3)
    metric.update(Labels(np.array([-1]), np.full((1, 3), np.nan)), Labels(np.array([0])))
    assert metric.compute() == 0


def test_chance_is_the_share_of_the_k_largest_classes():
    truths = Labels(np.array([0, 1, 1, 1, 2, 2, 3, 3]))
    assert Judgement.by(Classification(), TopK(k=2)).chance(truths) == 5 / 8
    assert Judgement.by(Classification(), Classes()).chance(truths) == 3 / 8


def test_figures_of_several_k_have_names_of_their_own():
    assert [TopK(k=k).figure_key for k in (3, 5)] == ["top3", "top5"]
    assert TopK(k=5).figure_title == "top-5 accuracy"
