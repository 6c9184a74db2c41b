"""Other libraries' training loops, to see our own overhead by: whether they can do an experiment, and how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from nnlab.backends.torch import require_torch
from nnlab.core.batch import Batch
from nnlab.data.pipeline import Data, augmentation_steps, mixings
from nnlab.experiment.experiment import Experiment
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
from nnlab.models.graph import INPUT, Graph

ACTIVATIONS: frozenset[type[Layer]] = frozenset({LeakyReLU, ReLU, Sigmoid, Tanh})
RULES = frozenset({"Adam", "Constant"})


class PeerLoop(Protocol):
    """Another library's network while it trains.

    Options:  device: what it computes on.
    """

    device: str

    def train(self, data: Data, epoch: int) -> None:
        """One pass over the training partition; 1 is the first epoch."""
        ...

    def accuracy(self, batch: Batch) -> float:
        """The share of a batch that is classified rightly, in evaluation mode."""
        ...

    def keep(self) -> None:
        """Copies the weights as they are now: the best so far."""
        ...


@dataclass(frozen=True)
class Fit:
    """Whether a peer can do an experiment: why not, or in what its work differs."""

    why_not: str = ""
    differs: str = ""


@dataclass(frozen=True, eq=False)
class Peer:
    """A peer by its name in the table.

    Options:  fits: whether it can do a network and an experiment; imports nothing.
              make: its loop; imports its library.  Raises MissingError: when that is not there.
    """

    name: str
    fits: Callable[[Graph, Experiment], Fit]
    make: Callable[[Graph, Experiment], PeerLoop]


def _torch_fits(network: Graph, experiment: Experiment) -> Fit:
    known: set[type[Layer]] = {Flatten, Dense, BatchNorm, Dropout, *ACTIVATIONS}
    return Fit(_unfit(network, experiment, known))


def _sklearn_fits(network: Graph, experiment: Experiment) -> Fit:
    known: set[type[Layer]] = {Flatten, Dense, BatchNorm, *ACTIVATIONS}
    if why_not := _unfit(network, experiment, known):
        return Fit(why_not)
    layers = {type(node.layer) for node in network.nodes}
    if len(layers & ACTIVATIONS) > 1:
        return Fit("it has one activation for all layers")
    data = experiment.data
    if data.nbr_clones > 1 or augmentation_steps(data):
        return Fit("its epochs cannot be augmented")
    if experiment.run.device == "cuda":
        return Fit("it has no cuda device")
    differs = ["ReLU in place of LeakyReLU"] if LeakyReLU in layers else []
    differs += ["no BatchNorm"] if BatchNorm in layers else []
    return Fit(differs=", ".join(differs))


def _unfit(network: Graph, experiment: Experiment, known: set[type[Layer]]) -> str:
    """Why a plain chain of these layers, cross-entropy and a plain rule cannot stand for it; nothing when they can."""
    nodes = network.nodes
    before = [INPUT, *(node.name for node in nodes)]
    if any(node.inputs != (name,) for node, name in zip(nodes, before, strict=False)):
        return "the network is no chain of layers"
    chain = nodes[:-1] if isinstance(nodes[-1].layer, Softmax) else nodes
    foreign = sorted({type(node.layer).__name__ for node in chain if type(node.layer) not in known})
    if foreign:
        return f"it has no {', '.join(foreign)} here"
    if experiment.run.accumulate > 1:
        return "each of its steps learns from one minibatch"
    if mixings(experiment.data):
        return "it learns from labels, and mixed samples have none"
    if getattr(experiment.task, "class_weights", None) or getattr(experiment.loss, "label_smoothing", 0):
        return "its loss knows no weights of classes and no smoothing of labels"
    if experiment.model.freeze:
        return "it trains every weight"
    optimizer = experiment.optimizer
    if optimizer.ema or optimizer.l1:
        return "it averages no weights and has no L1 penalty"
    wanted: Mapping[str, str] = {name: experiment.chosen[name] for name in ("loss", "optimizer", "schedule")}
    if wanted["loss"] != "CrossEntropy":
        return f"it is not trained on {wanted['loss']}"
    if wanted["optimizer"] not in RULES or wanted["schedule"] != "Constant":
        return f"it is not set up for {wanted['optimizer']} with a {wanted['schedule']} rate"
    if optimizer.clip_norm is not None or optimizer.clip_value is not None:
        return "it is not set up for clipping"
    return ""


def _torch_loop(network: Graph, experiment: Experiment, *, fused: bool | None) -> PeerLoop:
    require_torch()
    from nnlab.backends.torch.plain_loop import PlainLoop

    return PlainLoop(
        network,
        rule=experiment.chosen["optimizer"],
        optimizer=experiment.optimizer,
        engine=experiment.run.engine,
        seed=experiment.run.model_seed,
        fused=fused,
    )


def _torch_default(network: Graph, experiment: Experiment) -> PeerLoop:
    return _torch_loop(network, experiment, fused=None)


def _torch_fused(network: Graph, experiment: Experiment) -> PeerLoop:
    return _torch_loop(network, experiment, fused=True)


def _sklearn(network: Graph, experiment: Experiment) -> PeerLoop:
    from nnlab.experiment.bench.sklearn_mlp import SklearnMlp

    return SklearnMlp(network, experiment)


PEERS = (
    Peer("sklearn", _sklearn_fits, _sklearn),
    Peer("torch loop", _torch_fits, _torch_default),
    Peer("torch loop, fused", _torch_fits, _torch_fused),
)
