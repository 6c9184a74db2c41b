"""A process's own part of training on torch with others: every step on its samples, gradients of all of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import torch

from nnlab.backends.base import Engine
from nnlab.backends.torch.learner import TorchLearner
from nnlab.backends.torch.objective import TorchObjective
from nnlab.backends.torch.parallel.gathered import Gathered
from nnlab.backends.torch.parallel.own_pass import ShardContext
from nnlab.backends.torch.parallel.shards import Shard
from nnlab.backends.torch.parallel.team import Team
from nnlab.backends.torch.parallel.watching import Pieces, Whole
from nnlab.core.batch import Batch
from nnlab.core.context import Context, Watch
from nnlab.core.types import Array
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.models.learner import Part
from nnlab.models.moments import BatchMoments
from nnlab.models.objective import Objective
from nnlab.optimizers.optimizer import Optimizer


class ShardLearner(TorchLearner):
    """The learner of one process.

    dw = sum over processes of dw_p;  dw_p is the gradient of the whole minibatch's loss through one's own samples

    So every sample counts once, however uneven the shares are: no mean of means is taken. The penalty, which belongs to
    a step once, is the leader's. Every process then makes the same update of the same bits.

    What it is given of a batch are the inputs of its own samples, and the targets of all; what heads give is of all.

    Options:  team: the processes. Methods that compute are called by all of them at the same time.
    """

    def __init__(self, graph: Graph, *, loss: Losses, optimizer: Optimizer, engine: Engine, team: Team):
        super().__init__(graph, loss=loss, optimizer=optimizer, engine=engine)
        self._team, self._shard = team, Shard(0, 0, 0)
        self._shown: Whole | Pieces | None = None
        self._together = torch.empty(0)
        if team.rank:
            self.objective = TorchObjective(Objective(graph, loss), self._values)

    @contextmanager
    def sharing(self, shard: Shard, shown: Whole | Pieces | None = None) -> Iterator[None]:
        """Within it, these are one's own samples.  Options:  shown: who sees the tensors of the pass."""
        self._shard, self._shown = shard, shown
        try:
            yield
        finally:
            self._shown = None

    def _outputs(self, inputs: Array, ctx: Context) -> dict[str, torch.Tensor]:
        """What the heads give for every sample of the minibatch, given the inputs of one's own."""
        shard = self._shard
        heads = super()._outputs(inputs, self._own_pass(ctx))
        if self._shown is not None:
            self._shown.tell()
        if shard.whole:
            return heads
        return {name: Gathered.apply(y, self._team, shard) for name, y in heads.items()}

    def _own_pass(self, ctx: Context) -> Context:
        watch = ctx.watch and self._shown
        if self._shard.whole:
            return replace(ctx, watch=watch)
        return ShardContext(training=ctx.training, rng=ctx.rng, watch=watch, shard=self._shard, team=self._team)

    def _backward(self, loss: torch.Tensor, watch: Watch | None, part: Part) -> None:
        """Leaves at every weight the gradient through one's own samples."""
        share = part.share * self._shard.share
        super()._backward(loss, watch and self._shown, replace(part, share=share))
        if self._shown is not None:
            self._shown.tell()

    def moments(self, batch: Batch) -> Mapping[str, BatchMoments]:
        """What each BatchNorm sees of the whole batch, given the inputs of one's own samples."""
        with torch.no_grad(), self._products():
            graph = self._at(batch.inputs.shape[1:])
            return graph.moments(self._moved(batch.inputs), self._own_pass(Context(training=False)))

    def update(self, *, epoch: int, epochs: int) -> Mapping[str, float]:
        """Adds every process's gradients up, then clips, decays and moves every weight.

        In memory that is kept: what is new each time has to be cleared by the system, page by page.
        """
        gradients = [weight.grad for weight in self._weights.values()]
        pieces = [gradient.reshape(-1) for gradient in gradients]
        if len(self._together) != (size := sum(map(len, pieces))):  # of other weights: some were frozen
            self._together = pieces[0].new_empty(size)
        self._team.sum(torch.cat(pieces, out=self._together))
        for gradient, summed in zip(gradients, self._together.split([len(piece) for piece in pieces]), strict=True):
            gradient.copy_(summed.view_as(gradient))
        return super().update(epoch=epoch, epochs=epochs)
