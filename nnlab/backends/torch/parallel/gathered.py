"""What the heads give to the samples of every process, and the way back to one's own."""

from typing import Any

import torch

from nnlab.backends.torch.parallel.shards import Shard
from nnlab.backends.torch.parallel.team import Team


class Gathered(torch.autograd.Function):  # type: ignore[misc]
    """y of the whole minibatch, of every process's part of it.

    So each process has the loss of the whole minibatch, of whatever form it is: weighted, of pairs, by the number of
    objects. None has to be told how its mean falls into parts.

    Shapes:  own: (own samples, ...); y: (samples, ...)
    Gradient:  down = dy of one's own samples. What others' samples owe to the weights, they add: see `ShardLearner`.
    """

    @staticmethod
    def forward(ctx: Any, own: torch.Tensor, team: Team, shard: Shard) -> torch.Tensor:
        """All rows, in the order of the samples."""
        ctx.shard = shard
        return team.rows(own, shard.samples)

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        """One's own rows."""
        return dy[ctx.shard.first : ctx.shard.last], None, None
