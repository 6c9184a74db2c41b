"""The trainer of an experiment, as the options of its run ask for it."""

from collections.abc import Sequence

from nnlab.core.rng import Rng
from nnlab.experiment.build import Parts
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.options import RunOptions
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.fake_quantize import FakeQuantize
from nnlab.models.graph import Graph
from nnlab.training.budget import Budget
from nnlab.training.callback import Callback
from nnlab.training.scoring import Judgement
from nnlab.training.trainer import Trainer


def settling(options: RunOptions, network: Graph) -> dict[int, frozenset[str]]:
    """The nodes whose statistics stay, by the number of epochs after which they do."""
    asked = ((options.freeze_observers, FakeQuantize), (options.freeze_bn, BatchNorm))
    found: dict[int, frozenset[str]] = {}
    for epochs, kind in asked:
        if epochs is not None:
            nodes = frozenset(node.name for node in network.nodes if isinstance(node.layer, kind))
            found[epochs] = found.get(epochs, frozenset()) | nodes
    return found


def trainer_of(
    experiment: Experiment,
    parts: Parts,
    callbacks: Sequence[Callback],
    *,
    read_ahead: bool = False,
    budget: Budget | None = None,
) -> Trainer:
    """A trainer for the parts of an experiment, from its beginning or from where the run was that it goes on with.

    Options:  callbacks: who listens, in their order.
              read_ahead: the next batches are made on a thread while a step computes.
              budget: how long it may take; None: as long as it does.
    """
    options, resumed = experiment.run, experiment.resumes
    return Trainer(
        parts.learner,
        parts.data,
        epochs=options.epochs,
        judgement=Judgement(parts.task, experiment.figures),
        rng=Rng(options.model_seed).at("training"),
        eval_dev=options.eval_dev,
        eval_test=options.eval_test,
        statistics=options.batch_norm_statistics,
        accumulate=options.accumulate,
        unfreeze_at=options.unfreeze_at,
        settling=settling(options, parts.network),
        read_ahead=read_ahead,
        early_stopping=options.early_stopping,
        patience=options.early_stopping_patience,
        callbacks=callbacks,
        start=resumed.checkpoint if resumed else None,
        budget=budget or Budget(),
    )
