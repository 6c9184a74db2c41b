"""Steps of several minibatches whose samples count differently are those of one minibatch that holds them all."""

import numpy as np
import pytest

from nnlab.backends.base import BACKENDS, Engine
from nnlab.core.batch import Batch, Target
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.core.truths import Labels
from nnlab.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.dice import Dice
from nnlab.losses.focal import Focal
from nnlab.metrics.classes import Classes
from nnlab.models.learner import parts
from nnlab.models.one_layer import OneLayer
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer
from nnlab.tasks.classification import Classification
from nnlab.testing.batches import one_head
from nnlab.training.scoring import Judgement, Tally


def batch():
    generator = np.random.default_rng(0)
    labels = np.array([0, 1, 2, 0, 0, 1, 0])
    target = Target(np.eye(3)[labels], np.array([0.5, 2.0, 4.0])[labels][:, np.newaxis])
    return Batch(generator.standard_normal((7, 5)), {OUTPUT: target}, Labels(labels), list("abcdefg"))


def learner(backend, loss=None):
    graph = OneLayer().graph((5,), one_head(3))
    graph.build((5,), rng=Rng(0), dtype=np.float64)
    return BACKENDS.get(backend).of(
        graph, loss=loss or CrossEntropy(), optimizer=Optimizer(Constant(), learning_rate=0.1), engine=Engine(threads=1)
    )


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_accumulated_steps_are_those_of_one_minibatch(backend):
    pytest.importorskip("torch" if backend == "torch" else "numpy")
    whole, pieces = batch(), [batch().take([0, 1, 2]), batch().take([3, 4]), batch().take([5, 6])]
    one, several = learner(backend), learner(backend)
    one.backprop(whole, rng=Rng(1))
    one.update(epoch=0, epochs=1)
    for piece, part in zip(pieces, parts(pieces), strict=True):
        several.backprop(piece, rng=Rng(1), part=part)
    several.update(epoch=0, epochs=1)
    for name, value in one.state().items():
        np.testing.assert_allclose(several.state()[name], value, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "loss",
    [CrossEntropy(label_smoothing=0.1), BinaryCrossEntropy(), Focal(), Dice()],
    ids=lambda loss: type(loss).__name__,
)
def test_weighted_accumulated_steps_are_the_same_on_both_backends(loss):
    """Fifty steps; bound: that of comparisons in float64."""
    pytest.importorskip("torch", reason="one of the two backends")
    pieces, both = [batch().take([0, 1, 2, 3]), batch().take([4, 5, 6])], [learner(b, loss) for b in ("numpy", "torch")]
    losses = []
    for each in both:
        for step in range(50):
            for piece, part in zip(pieces, parts(pieces), strict=True):
                losses.append(each.backprop(piece, rng=Rng(step), part=part).loss)
            each.update(epoch=step, epochs=50)
    np.testing.assert_allclose(losses[:100], losses[100:], rtol=1e-12)
    for name, value in both[0].state().items():
        np.testing.assert_allclose(both[1].state()[name], value, rtol=1e-12, atol=1e-14)


def test_the_mean_over_an_epoch_is_that_of_one_minibatch():
    judgement, model = Judgement.by(Classification(), Classes()), learner("numpy")
    tallies = [Tally(judgement), Tally(judgement)]
    for tally, places in zip(tallies, ([range(7)], [range(3), range(3, 5), range(5, 7)]), strict=True):
        for chosen in places:
            piece = batch().take(list(chosen))
            tally.add(piece, model.evaluate(piece))
    whole, pieces = (tally.score() for tally in tallies)
    assert pieces.loss == pytest.approx(whole.loss, rel=1e-14) and pieces.figures == whole.figures
    left = Tally(judgement)
    left.load_state(tallies[1].state())
    assert left.score() == pieces


def test_where_nothing_counts_the_shares_are_none():
    piece = batch()
    nothing = Batch(piece.inputs, {OUTPUT: Target(piece.targets[OUTPUT].value, np.zeros((7, 1)))})
    assert [part.share for part in parts([nothing, nothing])] == [0, 0]
