"""The other end of what the leader tells: a process that does as it is told, until it is told no more."""

from collections.abc import Callable, Mapping

import torch

from nnlab.backends.torch.parallel.learner import ShardLearner
from nnlab.backends.torch.parallel.shards import Shard
from nnlab.backends.torch.parallel.team import Message, Team
from nnlab.backends.torch.parallel.watching import watching
from nnlab.core.batch import Batch, Target
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.learner import Part


class Follower:
    """Each method does what `Leader`'s of that name tells.  Options:  learner: of the same network."""

    def __init__(self, learner: ShardLearner, team: Team):
        self._learner, self._team = learner, team
        does: tuple[Callable[[Message], None], ...] = (
            self.backprop, self.update, self.pass_forward, self.moments, self.unfreeze, self.settle, self.slow,
            self.load_state, self.load_optimizer_state,
        )  # fmt: skip
        self._does = {each.__name__: each for each in does}

    def until_told_otherwise(self) -> Message:
        """Does what it is told; returns with the first message that is not about this network."""
        while (message := self._team.told()).what in self._does:
            self._does[message.what](message)
        return message

    def backprop(self, message: Message) -> None:
        """Forward and backward on its own samples."""
        facts, (inputs, shard) = message.facts, self._samples(message)
        batch = Batch(inputs, _targets(message.arrays))
        seed, path = facts["rng"]
        watch = watching(facts["watch"], self._team, shard)
        with self._learner.sharing(shard, watch):
            part = Part(facts["share"], facts["first"])
            self._learner.backprop(batch, rng=Rng(seed, tuple(path)), watch=watch, part=part)

    def update(self, message: Message) -> None:
        """The step's end."""
        self._learner.update(epoch=message.facts["epoch"], epochs=message.facts["epochs"])

    def pass_forward(self, message: Message) -> None:
        """Its samples in evaluation mode; what the heads give, the leader reads."""
        inputs, shard = self._samples(message)
        with self._learner.sharing(shard), torch.no_grad():
            self._learner._outputs(inputs, Context(training=False))

    def moments(self, message: Message) -> None:
        """What BatchNorm sees of its samples."""
        inputs, shard = self._samples(message)
        with self._learner.sharing(shard):
            self._learner.moments(Batch(inputs, {}))

    def unfreeze(self, message: Message) -> None:
        """Every parameter learns from now on."""
        self._learner.unfreeze()

    def settle(self, message: Message) -> None:
        """These nodes run as in evaluation."""
        self._learner.settle(message.facts["nodes"])

    def slow(self, message: Message) -> None:
        """The learning rate is halved."""
        self._learner.slow(message.facts["halvings"])

    def load_state(self, message: Message) -> None:
        """Weights and buffers."""
        self._learner.load_state(message.arrays)

    def load_optimizer_state(self, message: Message) -> None:
        """The optimizer's memory."""
        self._learner.load_optimizer_state(message.arrays)

    def _samples(self, message: Message) -> tuple[Array, Shard]:
        """The inputs of its samples, and which they are."""
        shard = Shard.of(message.facts["samples"], self._team.rank, self._team.size)
        inputs = self._team.taken((len(shard), *message.facts["shape"]), message.facts["dtype"])
        return inputs, shard


def _targets(arrays: Mapping[str, Array]) -> dict[str, Target]:
    heads = [name.partition("/")[2] for name in arrays if name.startswith("value/")]
    return {head: Target(arrays[f"value/{head}"], arrays.get(f"weight/{head}")) for head in heads}
