"""Dev is scored with the very model that the epoch's training figures are of: weights and running statistics."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.core.rng import Rng
from nnlab.layers.batch_norm import BatchNorm
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.metrics.classes import Classes
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.tasks.classification import Classification
from nnlab.testing.batches import labelled, one_head
from nnlab.training.scoring import Judgement
from nnlab.training.trainer import Trainer

JUDGEMENT = Judgement.by(Classification(), Classes())


class Same:
    """The same samples in every partition, one batch."""

    def __init__(self, samples: int):
        generator = Rng(1).generator()
        labels = generator.integers(0, 3, samples)
        inputs = generator.random((samples, 12)) + np.eye(3, 12)[labels]
        self.batch = labelled(inputs, np.eye(3)[labels], [str(i) for i in range(samples)])

    def __len__(self):
        return len(self.batch)

    def batches(self, epoch=None):
        yield self.batch


@pytest.mark.parametrize("samples", [400])
def test_on_the_same_samples_dev_and_training_figures_agree_in_every_epoch(samples):
    same = Same(samples)
    graph = NLayers(layers=(8,)).graph((12,), one_head(3)).build((12,), rng=Rng(0), dtype=np.float64)
    for node in graph.nodes:
        if isinstance(node.layer, BatchNorm):
            node.layer.momentum = 0.0  # running statistics are those of the last batch, which is all there is
    learner = NumpyLearner(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam(), learning_rate=0.05), threads=1)
    data = SimpleNamespace(names=("a", "b", "c"), sample_shape=(12,), training=same, dev=same, test=same)
    history = Trainer(learner, data, epochs=10, judgement=JUDGEMENT, rng=Rng(0)).run().history
    training, dev = ([getattr(record, name) for record in history] for name in ("training", "dev"))
    # What is left is n / (n - 1) in the running variance; one step's change of the weights is a hundred times that.
    assert [score.loss for score in dev] == pytest.approx([score.loss for score in training], rel=3 / samples)
    assert all(abs(a.loss - b.loss) > 0.01 for a, b in zip(training, dev[1:], strict=False))
