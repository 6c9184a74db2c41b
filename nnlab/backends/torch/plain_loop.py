"""The loop that one writes by hand with torch, to see the cost of everything around it by."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from nnlab.backends.base import Engine
from nnlab.backends.torch.devices import device_of, tensor_of, use_threads
from nnlab.core.batch import Batch
from nnlab.core.truths import labels_of
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.flatten import Flatten
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.relu import ReLU
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh
from nnlab.models.graph import Graph
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.training.samples import Dataset

Made = Callable[[Any, int], nn.Module]
"""Called as made(layer, in_features)."""

MODULES: Mapping[type[Layer], Made] = {
    Flatten: lambda layer, features: nn.Flatten(),
    Dense: lambda layer, features: nn.Linear(features, layer.units, bias=layer.bias),
    BatchNorm: lambda layer, features: nn.BatchNorm1d(features, eps=layer.epsilon, momentum=1 - layer.momentum),
    Dropout: lambda layer, features: nn.Dropout(layer.rate),
    LeakyReLU: lambda layer, features: nn.LeakyReLU(layer.alpha),
    ReLU: lambda layer, features: nn.ReLU(),
    Sigmoid: lambda layer, features: nn.Sigmoid(),
    Tanh: lambda layer, features: nn.Tanh(),
}
"""The module that one would write for each layer of a multilayer perceptron."""


class PlainLoop:
    """nn.Sequential, nn.CrossEntropyLoss and torch.optim, as in any tutorial; torch draws the weights.

    Options:  network: a chain of the layers above, built; a Softmax at its end is the loss's.
              rule: "Adam" or "Constant".  fused: None for torch's own choice.
    Raises:  MissingError: when the device is not there.
    """

    def __init__(
        self, network: Graph, *, rule: str, optimizer: Optimizer, engine: Engine, seed: int, fused: bool | None
    ):
        torch.manual_seed(seed)
        use_threads(engine)
        self._device, dtype = device_of(engine), getattr(torch, network.dtype.name)
        self.device = self._device.type
        chain = [node for node in network.nodes if not isinstance(node.layer, Softmax)]
        modules = [MODULES[type(node.layer)](node.layer, network.shapes[node.inputs[0]][-1]) for node in chain]
        self._model = nn.Sequential(*modules).to(self._device, dtype)
        self._run: Any = torch.compile(self._model) if engine.compile else self._model
        self._loss, self._amp = nn.CrossEntropyLoss(), engine.amp
        options: dict[str, Any] = {"lr": optimizer.learning_rate, "weight_decay": optimizer.weight_decay}
        options["fused"] = fused
        settings = optimizer.rule
        if isinstance(settings, Adam):
            options |= {"betas": (settings.beta1, settings.beta2), "eps": settings.epsilon}
            self._optimizer: torch.optim.Optimizer = torch.optim.Adam(self._model.parameters(), **options)
        else:
            self._optimizer = torch.optim.SGD(self._model.parameters(), **options)
        self.kept: dict[str, torch.Tensor] = {}
        self.lost, self.right = 0.0, 0

    @property
    def parameters(self) -> list[torch.nn.Parameter]:
        """Every weight, in the order of the layers."""
        return list(self._model.parameters())

    def train(self, data: Dataset, epoch: int) -> None:
        """One pass over the training partition; loss and accuracy are counted, as everybody does."""
        self._model.train()
        self.lost, self.right = 0.0, 0
        for batch in data.training.batches(epoch):
            x, target = self._moved(batch)
            self._optimizer.zero_grad()
            with torch.autocast(self._device.type, torch.bfloat16, enabled=self._amp):
                y = self._run(x)
            loss = self._loss(y, target)
            loss.backward()
            self._optimizer.step()
            self.lost += loss.item() * len(batch)
            self.right += int((y.argmax(dim=1) == target).sum())

    def accuracy(self, batch: Batch) -> float:
        """The share of a batch that is classified rightly; the loss is counted too."""
        self._model.eval()
        with torch.no_grad():
            x, target = self._moved(batch)
            y = self._run(x)
            self._loss(y, target).item()
            return int((y.argmax(dim=1) == target).sum()) / len(batch)

    def keep(self) -> None:
        """Copies of the weights and running statistics."""
        self.kept = {name: value.clone() for name, value in self._model.state_dict().items()}

    def _moved(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        labels = torch.from_numpy(labels_of(batch.truths))
        return tensor_of(batch.inputs, self._device), labels.to(self._device)
