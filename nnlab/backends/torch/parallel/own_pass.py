"""A pass over the samples of one process."""

from dataclasses import dataclass, field

from nnlab.backends.torch.parallel.shards import Shard
from nnlab.backends.torch.parallel.team import Team
from nnlab.core.context import Context


@dataclass(kw_only=True)
class ShardContext(Context):
    """A pass where other processes have the rest of the minibatch. What depends on all of it asks the team.

    Options:  shard: which samples these are.  team: who has the rest.
    """

    shard: Shard
    team: Team = field(repr=False)
