"""The learner of a process, by its place among those that train together."""

from nnlab.backends.base import Engine
from nnlab.backends.torch.parallel.leader import Leader
from nnlab.backends.torch.parallel.learner import ShardLearner
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.optimizers.optimizer import Optimizer


def member(graph: Graph, *, loss: Losses, optimizer: Optimizer, engine: Engine) -> ShardLearner:
    """The leader's, which is asked, or another's, which is told.  Options:  engine: with a team."""
    made = ShardLearner if engine.team.rank else Leader
    return made(graph, loss=loss, optimizer=optimizer, engine=engine, team=engine.team)
