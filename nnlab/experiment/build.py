"""An experiment's parts, put together: data, network, learner."""

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.backends.base import BACKENDS
from nnlab.core.errors import Mistakes, NnlabError, UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.core.rng import Rng
from nnlab.core.types import DTYPES
from nnlab.data.batching import nearly_equal
from nnlab.data.pipeline import Data, Survey, load, survey
from nnlab.data.scaling import kept_scaling
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.weights import put_into
from nnlab.layers.batch_norm import BatchNorm
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner

Progress = Callable[[int, int], None]
"""Called as progress(images done, images in all)."""


@dataclass(frozen=True)
class Parts:
    """What a trainer needs of an experiment."""

    data: Data
    learner: Learner
    network: Graph


def build(experiment: Experiment, progress: Progress | None = None) -> Parts:
    """Makes the network for the data and the learner that trains it, then reads the data.

    The network comes first, from the files' names alone: what cannot be trained is said before images are decoded.

    Raises:  DataError: from reading.  UsageError: when the network cannot be built, does not fit the loss or batches,
                 or is not for the backend.  MissingError: when the backend or the device is not there.
    """
    outline = survey(experiment.data)
    network = graph(experiment, outline)
    refuse_lonely_samples(network, experiment, outline.sizes["training"])
    trained = learner(experiment, network)
    data = read(experiment, progress, outline)
    refuse_lonely_samples(network, experiment, len(data.training))  # bad images may have been left out
    return Parts(data, trained, network)


def require_backend(experiment: Experiment) -> None:
    """Raises MissingError, UsageError: when what the experiment trains on is not here, as `build` would."""
    run = experiment.run
    BACKENDS.get(run.backend).require(run.engine, dtype=run.dtype)


def read(experiment: Experiment, progress: Progress | None = None, outline: Survey | None = None) -> Data:
    """The data of an experiment, scaled as the run was that it goes on with, or whose weights it starts from.

    Options:  outline: what was surveyed of it before; None: nothing was.
    """
    earlier = experiment.resumes or experiment.starts
    about = earlier.about if earlier and experiment.data.input_scaling == "mean-std" else {}
    scaling = kept_scaling(experiment.data, about)
    return load(experiment.data, dtype=experiment.run.dtype, progress=progress, scaling=scaling, outline=outline)


def learner(experiment: Experiment, network: Graph) -> Learner:
    """The learner of an experiment, for a network that was built."""
    made: Learner = BACKENDS.get(experiment.run.backend).of(
        network,
        loss=experiment.loss.of(network.emits),
        optimizer=experiment.optimizer.fresh(),
        engine=experiment.run.engine,
    )
    return made


def graph(experiment: Experiment, outline: Survey) -> Graph:
    """The network of an experiment, its weights drawn from the model seed or those that it starts from.

    Raises:  UsageError: when it cannot be built, is not that of the weights, or lacks a layer that is to be followed.
    """
    network = experiment.model.graph(outline.sample_shape, len(outline.classes))
    rng = Rng(experiment.run.model_seed).at("weights")
    network.build(outline.sample_shape, rng=rng, dtype=DTYPES[experiment.run.dtype])
    refuse_unfit(network, len(outline.classes))
    if experiment.starts is not None:
        put_into(network, experiment.starts, outline.classes, experiment)
    refuse_unknown_layers(network, experiment)
    return network


def refuse_unfit(network: Graph, classes: int) -> None:
    """Raises UsageError: when a network does not give a value for each class, or has nothing that learns."""
    if network.out_shape != (classes,):
        given = " x ".join(map(str, network.out_shape)) or "one"
        what = f"gives {given} values a sample, and the dataset has {classes} classes"
        raise UsageError(what, where=f"node {network.output!r}", hint="choose a model for as many classes")
    if not network.parameters:
        raise UsageError("has nothing that learns", where="--model", hint="choose a model with weights")


def refuse_unknown_layers(network: Graph, experiment: Experiment) -> None:
    """Raises UsageError or Mistakes: when --track-layer names what is no layer, or more units than one has."""
    names = [node.name for node in network.nodes]
    mistakes: list[NnlabError] = []
    for name, units in experiment.run.tracked.items():
        where = f"--track-layer={name},{units}"
        if name not in names:
            near = nearest(name, names)
            hint = did_you_mean(near) if near else f"its layers are {', '.join(names)}"
            mistakes.append(UsageError("the network has no such layer", where=where, hint=hint))
        elif units > (there := network.shapes[name][-1]):
            hint = f"type --track-layer={name},{there} for all"
            mistakes.append(UsageError(f"{name} has {there} units", where=where, hint=hint))
    if mistakes:
        raise Mistakes(mistakes) if len(mistakes) > 1 else mistakes[0]


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
