"""scikit-learn's multilayer perceptron as a peer."""

from dataclasses import replace

import numpy as np
from sklearn.neural_network import MLPClassifier

from nnlab.core.batch import Batch
from nnlab.core.truths import Labels, labels_of
from nnlab.core.types import Array
from nnlab.data.pipeline import Data
from nnlab.experiment.experiment import Experiment
from nnlab.layers.dense import Dense
from nnlab.models.graph import Graph
from nnlab.optimizers.adam import Adam

ACTIVATIONS = {"LeakyReLU": "relu", "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "logistic"}


class SklearnMlp:
    """An MLPClassifier of the network's sizes; `partial_fit` is one epoch.

    It has neither LeakyReLU nor BatchNorm: `peers.py` says so in the row's note.
    """

    device = "cpu"

    def __init__(self, network: Graph, experiment: Experiment):
        layers = [node.layer for node in network.nodes]
        units = [layer.units for layer in layers if isinstance(layer, Dense)]
        named = [ACTIVATIONS[name] for layer in layers if (name := type(layer).__name__) in ACTIVATIONS]
        rule, self._most = experiment.optimizer.rule, experiment.data.max_minibatch_size
        adam = {"beta_1": rule.beta1, "beta_2": rule.beta2, "epsilon": rule.epsilon} if isinstance(rule, Adam) else {}
        self._decay, self._classes = experiment.optimizer.weight_decay, units[-1]
        self.model = MLPClassifier(
            hidden_layer_sizes=tuple(units[:-1]),
            activation=named[0] if named else "identity",
            solver="adam" if adam else "sgd",
            momentum=0.0,
            learning_rate_init=experiment.optimizer.learning_rate,
            random_state=experiment.run.model_seed,
            **adam,
        )
        self._whole: Batch | None = None
        self.kept: list[Array] = []

    def train(self, data: Data, epoch: int) -> None:
        """One partial_fit on the whole partition, in minibatches of its own making."""
        if self._whole is None:
            self._whole = _joined(list(data.training.batches()))
            size = min(self._most, len(self._whole))
            self.model.set_params(batch_size=size, alpha=self._decay * size, shuffle=size < len(self._whole))
        labels = labels_of(self._whole.truths)
        self.model.partial_fit(self._whole.inputs, labels, classes=np.arange(self._classes))

    def accuracy(self, batch: Batch) -> float:
        """Its own score."""
        return float(self.model.score(batch.inputs, labels_of(batch.truths)))

    def keep(self) -> None:
        """Copies of the weights."""
        self.kept = [weight.copy() for weight in (*self.model.coefs_, *self.model.intercepts_)]


def _joined(batches: list[Batch]) -> Batch:
    if len(batches) == 1:
        batch = batches[0]
        return replace(batch, inputs=batch.inputs.reshape(len(batch), -1))
    inputs = np.concatenate([batch.inputs.reshape(len(batch), -1) for batch in batches])
    truths = Labels(np.concatenate([labels_of(batch.truths) for batch in batches]))
    return Batch(inputs, {}, truths, [source for batch in batches for source in batch.sources])
