"""scikit-learn's network has the sizes of ours, and learns."""

from collections.abc import Callable

from nnlab.experiment.bench.sklearn_mlp import SklearnMlp
from nnlab.experiment.build import build
from nnlab.experiment.experiment import Experiment
from nnlab.testing.batches import one_head

Made = Callable[..., Experiment]


def test_it_has_our_sizes_and_learns_in_our_dtype(experiment: Made) -> None:
    wanted = experiment(layers="8,5", learning_rate="0.02", optimizer="Adam", beta1="0.8")
    data = build(wanted).data
    network = wanted.model.graph(data.sample_shape, one_head(len(data.names)))
    loop = SklearnMlp(network, wanted)
    for epoch in range(1, 31):
        loop.train(data, epoch)
    assert [weight.shape for weight in loop.model.coefs_] == [(432, 8), (8, 5), (5, 3)]
    assert {weight.dtype.name for weight in loop.model.coefs_} == {"float32"}
    assert (loop.model.beta_1, loop.model.learning_rate_init, loop.model.activation) == (0.8, 0.02, "relu")
    assert loop.model.t_ == 30 * len(data.training)  # a full batch: one step for an epoch
    (training,) = data.training.batches()
    assert loop.accuracy(training) > 0.9
    loop.keep()
    kept = [weight.copy() for weight in loop.kept]
    loop.train(data, 31)
    assert all((before == after).all() for before, after in zip(kept, loop.kept, strict=True))
    assert (loop.model.coefs_[0] != loop.kept[0]).any()


def test_minibatches_make_as_many_steps(experiment: Made) -> None:
    wanted = experiment(max_minibatch_size="7", optimizer="Constant", weight_decay="0.01", activation="Sigmoid")
    data = build(wanted).data
    loop = SklearnMlp(wanted.model.graph(data.sample_shape, one_head(len(data.names))), wanted)
    loop.train(data, 1)
    assert (loop.model.batch_size, loop.model.shuffle, loop.model.solver) == (7, True, "sgd")
    assert loop.model.alpha == 0.07  # its penalty is divided by the samples of the batch
    assert loop.model.activation == "logistic"
    assert loop.model.n_iter_ == 1
