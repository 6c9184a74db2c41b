"""An experiment's parts, put together: data, network, learner."""

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.backends.base import BACKENDS
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import DTYPES
from nnlab.data.batching import nearly_equal
from nnlab.data.pipeline import Data, load
from nnlab.experiment.config import Experiment
from nnlab.layers.batch_norm import BatchNorm
from nnlab.models.graph import Graph
from nnlab.training.learner import Learner

Progress = Callable[[int, int], None]
"""Called as progress(images done, images in all)."""


@dataclass(frozen=True)
class Parts:
    """What a trainer needs of an experiment."""

    data: Data
    learner: Learner


def build(experiment: Experiment, progress: Progress | None = None) -> Parts:
    """Reads the data, then makes the network for it and the learner that trains it.

    Raises:  DataError: from reading.  UsageError: when the network cannot be built or does not fit the loss or batches.
    """
    data = load(experiment.data, dtype=experiment.run.dtype, progress=progress)
    return Parts(data, learner(experiment, data))


def learner(experiment: Experiment, data: Data) -> Learner:
    """The learner of an experiment, its weights drawn from the model seed."""
    network = graph(experiment, data)
    refuse_lonely_samples(network, experiment, len(data.training))
    made: Learner = BACKENDS.get(experiment.run.backend).of(
        network,
        loss=experiment.loss.of(network.emits),
        optimizer=experiment.optimizer.fresh(),
        threads=experiment.run.threads,
    )
    return made


def graph(experiment: Experiment, data: Data) -> Graph:
    """The network of an experiment, built for the shape and the classes of its data."""
    network = experiment.model.graph(data.sample_shape, len(data.classes))
    network.build(
        data.sample_shape, rng=Rng(experiment.run.model_seed).at("weights"), dtype=DTYPES[experiment.run.dtype]
    )
    return network


def refuse_lonely_samples(network: Graph, experiment: Experiment, samples: int) -> None:
    """BatchNorm needs two samples: a minibatch of one would always give its shift, whatever the sample.

    Raises:  UsageError: when a training batch would have one sample and the network has a BatchNorm.
    """
    batches = nearly_equal(samples * experiment.data.nbr_clones, experiment.data.max_minibatch_size)
    if all(batch.stop - batch.start > 1 for batch in batches):
        return
    normalised = [node.name for node in network.nodes if isinstance(node.layer, BatchNorm)]
    if normalised:
        raise UsageError(
            f"minibatches of one sample leave {normalised[0]} (BatchNorm) no variance to divide by",
            where="--max-minibatch-size",
            hint="use at least 3, or --no-batch-norm",
        )
