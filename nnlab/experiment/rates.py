"""An experiment's range test."""

import dataclasses
import math
from collections.abc import Sequence

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.experiment.build import Progress, batch_sizes, fitted, graph, learner, outlined, read, refuse_lonely_samples
from nnlab.experiment.experiment import Experiment
from nnlab.kernels.threads import at_most_threads
from nnlab.training.rate_range import RangeTest, Rising, range_test

FEWEST = 100
"""Steps, where nobody says how many: one pass, or as many passes as make these."""


def steps_of_a_pass(experiment: Experiment, truths: Sequence[Truth]) -> int:
    """How often one pass over so many training samples moves the weights."""
    return math.ceil(len(batch_sizes(experiment, truths)) / experiment.run.accumulate)


def rates(
    experiment: Experiment,
    *,
    lowest: float,
    highest: float,
    steps: int | None = None,
    progress: Progress | None = None,
) -> RangeTest:
    """Trains once with a rate that rises from step to step, and says how the loss went. Writes nothing.

    Options:  lowest, highest: the rates of the first and the last step.  steps: None for one pass, and at least 100.
    Raises:   NnlabError: for whatever is found wrong before training.
    """
    if not 0 < lowest < highest:
        raise UsageError(f"must be above 0 and below --highest, got {lowest:g} and {highest:g}", where="--lowest")
    rising = dataclasses.replace(experiment.optimizer, learning_rate=lowest, schedule=Rising(ratio=highest / lowest))
    tried = dataclasses.replace(experiment, optimizer=rising)
    with at_most_threads(experiment.run.threads):
        outline = outlined(tried)
        network = graph(tried, outline)
        refuse_lonely_samples(network, tried, outline.truths)
        trained = learner(tried, network, fitted(tried, outline))
        data = read(tried, network, outline, progress)
        return range_test(
            trained,
            data.training,
            rising,
            steps=steps or max(FEWEST, steps_of_a_pass(tried, data.training.truths)),
            accumulate=tried.run.accumulate,
            rng=Rng(tried.run.model_seed).at("training"),
        )
