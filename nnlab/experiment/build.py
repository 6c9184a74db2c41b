"""An experiment's parts, put together: data, network, learner."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnlab.backends.base import BACKENDS
from nnlab.core.errors import NnlabError, ShapeError, UsageError, as_one
from nnlab.core.heads import Head
from nnlab.core.registry import did_you_mean, nearest
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.types import DTYPES, Shape
from nnlab.data.batching import nearly_equal
from nnlab.data.partition import Targets
from nnlab.data.pipeline import Data, Survey, load, survey
from nnlab.data.readers.base import READERS, Reader
from nnlab.data.scaling import kept_scaling
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.weights import put_into
from nnlab.layers.batch_norm import BatchNorm
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.models.quantizing import quantized
from nnlab.tasks.base import Task

Progress = Callable[[int, int], None]
"""Called as progress(images done, images in all)."""


@dataclass(frozen=True)
class Parts:
    """What a trainer needs of an experiment.  Options:  task: fitted to the training samples."""

    data: Data
    learner: Learner
    network: Graph
    task: Task


def build(experiment: Experiment, progress: Progress | None = None, team: Any = None) -> Parts:
    """Makes the network for the data and the learner that trains it, then reads the data.

    The network comes first, from the files' names alone: what cannot be trained is said before images are decoded.

    Options:  team: the processes that train it together; None for this one alone.
    Raises:  DataError: from reading.  UsageError: when the network cannot be built, does not fit the loss or batches,
                 or is not for the backend.  MissingError: when the backend or the device is not there.
    """
    outline = outlined(experiment)
    network = graph(experiment, outline)
    refuse_lonely_samples(network, experiment, outline.truths)
    task = fitted(experiment, outline)
    trained = learner(experiment, network, task, team)
    data = read(experiment, network, outline, progress)
    refuse_lonely_samples(network, experiment, data.training.truths)  # bad images may have been left out
    return Parts(data, trained, network, task)


def require_backend(experiment: Experiment) -> None:
    """Raises MissingError, UsageError: when what the experiment trains on is not here, as `build` would."""
    run = experiment.run
    BACKENDS.get(run.backend).require(run.engine, dtype=run.dtype)


def reader_of(experiment: Experiment) -> Reader:
    """What finds the samples of an experiment's task."""
    made: Reader = READERS.get(experiment.task.reader)(**experiment.task.reading)
    return made


def outlined(experiment: Experiment) -> Survey:
    """What the data of an experiment will be, by the reader of its task. Raises DataError: as reading would."""
    return survey(experiment.data, reader=reader_of(experiment))


def fitted(experiment: Experiment, outline: Survey) -> Task:
    """The task with what it takes from the training samples. Raises UsageError, DataError: options that do not fit."""
    return experiment.task.fitted(outline.names, outline.truths)


def read(experiment: Experiment, network: Graph, outline: Survey, progress: Progress | None = None) -> Data:
    """The data of an experiment, scaled as the run was that it goes on with, or whose weights it starts from, with
    targets for this network."""
    earlier = experiment.resumes or experiment.starts
    about = earlier.about if earlier and experiment.data.input_scaling == "mean-std" else {}
    scaling = kept_scaling(experiment.data, about)
    data = load(
        experiment.data,
        dtype=experiment.run.dtype,
        progress=progress,
        scaling=scaling,
        outline=outline,
        targets=targets_of(fitted(experiment, outline), network),
    )
    return replace(data, training=data.training.sampled_by(experiment.sampler))


def targets_of(task: Task, network: Graph) -> Targets:
    """What this network ought to give for samples of which something is true, whatever their size."""
    return lambda truths, shape: task.targets(truths, network.at(shape).out_shapes)


def learner(experiment: Experiment, network: Graph, task: Task, team: Any = None) -> Learner:
    """The learner of an experiment, for a network that was built.

    Options:  task: as `fitted` gave it.  team: the processes that train it together.
    """
    made: Learner = BACKENDS.get(experiment.run.backend).of(
        network,
        loss=task.terms(experiment.loss),
        optimizer=experiment.optimizer.fresh(),
        engine=replace(experiment.run.engine, team=team),
    )
    return made


def graph(experiment: Experiment, outline: Survey) -> Graph:
    """The network of an experiment, its weights drawn from the model seed or those that it starts from.

    Raises:  UsageError: when it cannot be built, is not that of the weights, or lacks a layer that is to be followed.
    """
    heads = fitted(experiment, outline).heads(outline.names, outline.sample_shape, outline.truths)
    rng = Rng(experiment.run.model_seed).at("weights")
    network = wired(experiment, outline.sample_shape, heads, rng=rng)
    refuse_unfit(network, heads, experiment.task.amount(outline.names))
    if experiment.starts is not None:
        put_into(network, experiment.starts, outline.names, experiment)
    experiment.model.freeze_in(network)
    refuse_unfreezing(experiment)
    refuse_freezing_nothing(experiment, network)
    refuse_unknown_layers(network, experiment)
    return network


def refuse_unfreezing(experiment: Experiment) -> None:
    """Raises UsageError: when --unfreeze-at means nothing, or comes when the run has ended."""
    model, at, epochs = experiment.model, experiment.run.unfreeze_at, experiment.run.epochs
    if at is None:
        return
    where = f"--unfreeze-at={at}"
    if not model.freeze:
        raise UsageError("nothing is frozen until then", where=where, hint="add --freeze=backbone")
    if not model.can_unfreeze():
        what = f"what is frozen of {type(model).__name__} is no parameter, and stays as its file has it"
        raise UsageError(what, where=where, hint="leave it out")
    if at > epochs:
        raise UsageError(f"the run ends after epoch {epochs}", where=where, hint=f"use at most {epochs}")


def wired(experiment: Experiment, shape: Shape, heads: Mapping[str, Head], *, rng: Rng | None) -> Graph:
    """The network of an experiment for samples of this shape; without `rng` its shapes alone.

    Raises:  ShapeError, UsageError: naming the layer that does not fit, of images with the advice to take larger ones.
    """
    try:
        network = drafted(experiment, shape, heads)
        return network.build(shape, rng=rng, dtype=DTYPES[experiment.run.dtype])
    except ShapeError as error:
        if error.hint is not None or len(shape) != 3:
            raise
        hint = f"use a larger --resize than {shape[1]},{shape[0]}, or another model"
        raise ShapeError(error.what, where=error.where, hint=hint) from error


def refuse_freezing_nothing(experiment: Experiment, network: Graph) -> None:
    """Raises UsageError: when --freeze-observers or --freeze-bn speaks of what the network has not."""
    options = experiment.run
    if options.freeze_observers is not None and options.quantize == "off":
        where = f"--freeze-observers={options.freeze_observers}"
        raise UsageError("nothing watches a range", where=where, hint="add --quantize=int8, or leave it out")
    if options.freeze_bn is not None and not any(isinstance(node.layer, BatchNorm) for node in network.nodes):
        where = f"--freeze-bn={options.freeze_bn}"
        raise UsageError("the network has no BatchNorm", where=where, hint="leave it out")


def drafted(experiment: Experiment, shape: Shape, heads: Mapping[str, Head]) -> Graph:
    """The nodes of an experiment's network, not yet built: those of its model, quantised where that is asked for."""
    model = experiment.model
    if experiment.run.quantize == "off":
        return model.network(shape, heads)
    return quantized(model.graph(shape, heads)).sized_by(lambda other: quantized(model.graph(other, heads)))


def refuse_unfit(network: Graph, heads: Mapping[str, Head], amount: str) -> None:
    """Raises UsageError: when a network does not give what the task asks for, or has nothing that learns.

    Options:  amount: what the dataset has, in words: "10 classes".
    """
    if network.heads.keys() != heads.keys():
        what = f"has the heads {', '.join(network.heads)}, and the task asks for {', '.join(heads)}"
        raise UsageError(what, where="--model", hint="choose a model for this task")
    for name, head in heads.items():
        outlet, shape = network.heads[name], network.out_shapes[name]
        if not head.fits(shape, network.in_shape):
            given = " x ".join(map(str, shape)) or "one"
            where, what = f"node {outlet.node!r}", f"gives {given} values a sample, and"
            if head.fits(shape):
                wanted = " x ".join(map(str, head.given(network.in_shape)))
                what += f" the task asks for {wanted}, a place for every {head.stride} pixels"
                raise UsageError(what, where=where, hint="choose a model, or a stride of the task, that fits")
            kind = "classes" if head.kind == "classes" else "values"
            what += f" the dataset has {amount}"
            raise UsageError(what, where=where, hint=f"choose a model for as many {kind}")
        if not head.takes(outlet.emits):
            what = f"gives {outlet.emits}, and the task asks for {'values' if head.kind == 'values' else 'classes'}"
            raise UsageError(what, where=f"node {outlet.node!r}", hint="choose a model for this task")
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
        raise as_one(mistakes)


def batch_sizes(experiment: Experiment, truths: Sequence[Truth]) -> list[int]:
    """Of the minibatches of an epoch with training samples of which this is true.

    Raises:  UsageError: when the sampler wants more in a minibatch than it may have.
    """
    data = experiment.data
    return experiment.sampler.sizes(truths, clones=data.nbr_clones, most=data.max_minibatch_size)


def refuse_lonely_samples(network: Graph, experiment: Experiment, truths: Sequence[Truth]) -> None:
    """Raises UsageError: when a training batch would have fewer samples than a layer can be trained on.

    BatchNorm after dense layers needs two: a minibatch of one would always give its shift, whatever the sample.
    """
    sizes = batch_sizes(experiment, truths)
    if experiment.run.batch_norm_statistics == "precise":  # which are of the samples without clones
        sizes += [batch.stop - batch.start for batch in nearly_equal(len(truths), experiment.data.max_minibatch_size)]
    fewest = min(sizes, default=0)
    for node in network.nodes:
        least = node.layer.least_batch(*(network.shapes[name] for name in node.inputs))
        if fewest >= least:
            continue
        normalises = isinstance(node.layer, BatchNorm)
        raise UsageError(
            f"minibatches of one sample leave {node.name} (BatchNorm) no variance to divide by"
            if normalises
            else f"minibatches of {fewest} leave {node.name} ({type(node.layer).__name__}) fewer than its {least}",
            where="--max-minibatch-size",
            hint="use at least 3, or --no-batch-norm" if normalises else f"use at least {2 * least - 1}",
        )
