import numpy as np
import pytest

from nnlab.core.heads import OUTPUT
from nnlab.core.truths import Labels
from nnlab.losses.margins import ArcFace
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.losses.triplet import Triplet
from nnlab.metrics.retrieval import RecallAt, RetrievalPrecision
from nnlab.tasks.embedding import CLASSES, Embedding

NAMES, LEARNT = ("a", "b", "c", "d"), Labels(np.array([0, 2, 2, 0, 3]))


def test_losses_of_pairs_learn_from_the_vectors_alone():
    task, loss = Embedding(embedding=8).suited(Triplet), Triplet()
    assert {name: (head.shape, head.kind) for name, head in task.heads(NAMES, (4,)).items()} == {
        OUTPUT: ((8,), "vectors")
    }
    assert task.terms(loss)[OUTPUT].loss is loss
    assert task.targets(LEARNT, {OUTPUT: (8,)})[OUTPUT].value.tolist() == [[0], [2], [2], [0], [3]]


@pytest.mark.parametrize(("loss", "kind"), [(ArcFace(), "cosines"), (SoftmaxCrossEntropy(), "classes")])
def test_losses_of_classes_have_a_head_for_those_of_training(loss, kind):
    task = Embedding(embedding=8).suited(loss).fitted(NAMES, LEARNT)
    heads = task.heads(NAMES, (4,))
    assert (heads[CLASSES].shape, heads[CLASSES].kind, heads[CLASSES].of) == ((3,), kind, OUTPUT)
    assert task.terms(loss)[OUTPUT] is None
    target = task.targets(Labels(np.array([2, 1])), {CLASSES: (3,)})[CLASSES]
    assert target.value[0].tolist() == [0, 1, 0]
    assert target.weight.tolist() == [[1], [0]]  # of b training had nothing: it counts for nothing
    again = Embedding(embedding=8).suited(loss).restored({**task.record})
    assert again.heads(NAMES, (4,)) == heads


def test_the_chosen_metric_judges_and_the_usual_ones_stand_beside_it():
    assert list(Embedding().metrics(RecallAt())) == ["recall_at_1", "retrieval_map"]
    assert list(Embedding().metrics(RetrievalPrecision())) == ["retrieval_map", "recall_at_1"]
    assert list(Embedding().metrics(RecallAt(k=5))) == ["recall_at_5", "recall_at_1", "retrieval_map"]
