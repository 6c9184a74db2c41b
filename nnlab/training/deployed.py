"""The model as it is scored, kept and used: averaged weights, precise statistics, where they are asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.models.learner import Learner
from nnlab.training.batch_statistics import Statistics, precise_statistics
from nnlab.training.samples import Samples


@contextmanager
def deployed(learner: Learner, training: Samples, statistics: Statistics) -> Iterator[None]:
    """Within it the learner holds the model as it is to be used; afterwards, to the bit, what it held.

    Weights and buffers are those that the optimizer averages, if it does: running statistics are averaged as the
    weights are, so that the two belong together. Precise statistics are taken with these weights over the training
    samples as they are (not augmented: so are the pictures that the model will see, and the same weights always have
    the same statistics), in shuffled minibatches.
    """
    averages = learner.averages()
    if not averages and statistics == "running":
        yield
        return
    own = learner.state()
    try:
        learner.load_state(own | averages)
        if statistics == "precise":
            learner.load_state(learner.state() | precise_statistics(learner, training.shuffled()))
        yield
    finally:
        learner.load_state(own)
