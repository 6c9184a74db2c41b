"""The learner of the process that trains: what it is asked for, it and the others do together."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from nnlab.backends.torch.parallel.learner import ShardLearner
from nnlab.backends.torch.parallel.shards import Shard
from nnlab.backends.torch.parallel.watching import kind_of, watching
from nnlab.core.batch import Batch
from nnlab.core.context import Watch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.learner import WHOLE, Part, StepResult
from nnlab.models.moments import BatchMoments
from nnlab.training.interrupts import InterruptsHeld


class Leader(ShardLearner):
    """Equal to one process's learner, to whoever asks: it takes whole batches and gives whole results.

    What changes nothing (states, a check's probe, slopes) is answered here alone. Everything else is told to the others
    first (`follower.py` has the other end), so they never decide anything, and cannot decide otherwise.
    """

    def backprop(self, batch: Batch, *, rng: Rng, watch: Watch | None = None, part: Part = WHOLE) -> StepResult:
        """The first half of a step on every sample, those of each process by itself."""
        kind = kind_of(watch)
        path = [step if isinstance(step, str) else int(step) for step in rng.path]
        facts = {"rng": [int(rng.seed), path], "share": part.share, "first": part.first, "watch": kind}
        targets = {f"value/{head}": target.value for head, target in batch.targets.items()}
        targets |= {f"weight/{head}": t.weight for head, t in batch.targets.items() if t.weight is not None}
        with self._all_at("backprop", targets, batch, **facts):
            own, shard = self._own(batch)
            with self.sharing(shard, watching(kind, self._team, shard, watch)):
                return super().backprop(own, rng=rng, watch=watch, part=part)

    def update(self, *, epoch: int, epochs: int) -> Mapping[str, float]:
        """The second half, by all."""
        with self._all_at("update", epoch=epoch, epochs=epochs):
            return super().update(epoch=epoch, epochs=epochs)

    def evaluate(self, batch: Batch, *, each: bool = False) -> StepResult:
        """Scores a batch, of which each process passes its samples forward."""
        with self._all_at("pass_forward", batch=batch):
            own, shard = self._own(batch)
            with self.sharing(shard):
                return super().evaluate(own, each=each)

    def predict(self, inputs: Array) -> Mapping[str, Array]:
        """What the heads say, of every sample."""
        batch = Batch(inputs, {})
        with self._all_at("pass_forward", batch=batch):
            own, shard = self._own(batch)
            with self.sharing(shard):
                return super().predict(own.inputs)

    def moments(self, batch: Batch) -> Mapping[str, BatchMoments]:
        """What each BatchNorm sees of a batch."""
        with self._all_at("moments", batch=batch):
            own, shard = self._own(batch)
            with self.sharing(shard):
                return super().moments(own)

    def unfreeze(self) -> None:
        """Has every parameter learn from now on, in every process."""
        with self._all_at("unfreeze"):
            super().unfreeze()

    def settle(self, nodes: Collection[str]) -> None:
        """Has these nodes run as in evaluation from now on, in every process."""
        with self._all_at("settle", nodes=sorted(nodes)):
            super().settle(nodes)

    def slow(self, halvings: int) -> None:
        """Has the learning rate be halved so many times, in every process."""
        with self._all_at("slow", halvings=halvings):
            super().slow(halvings)

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes weights and buffers over, and gives them to every process."""
        super().load_state(state)  # which says what does not fit, before anybody is told
        with self._all_at("load_state", self.held()):
            pass

    def load_optimizer_state(self, state: Mapping[str, Array]) -> None:
        """Takes the optimizer's memory over, and gives it to every process."""
        super().load_optimizer_state(state)
        with self._all_at("load_optimizer_state", state):
            pass

    def share_state(self) -> None:
        """Gives every process the weights, the buffers and the optimizer's memory that there are here."""
        with self._all_at("load_state", self.held()):
            pass
        with self._all_at("load_optimizer_state", self.optimizer_held()):
            pass

    def environment(self) -> Mapping[str, Any]:
        """What it computes on, and in how many processes."""
        return {**super().environment(), "processes": self._team.size}

    def _own(self, batch: Batch) -> tuple[Batch, Shard]:
        """The batch with the inputs of one's own samples; the others get theirs."""
        inputs = self._team.hand_out(batch.inputs)
        return replace(batch, inputs=inputs), Shard.of(len(batch), 0, self._team.size)

    @contextmanager
    def _all_at(
        self, what: str, arrays: Mapping[str, Array] | None = None, batch: Batch | None = None, **facts: Any
    ) -> Iterator[None]:
        """Within it all processes do the same. A first Ctrl-C waits; after an error they are out of step for good."""
        if batch is not None:
            facts |= {"samples": len(batch), "shape": batch.inputs.shape[1:], "dtype": batch.inputs.dtype.str}
        with InterruptsHeld():
            self._team.tell(what, arrays, **facts)
            self._team.is_amid = True
            yield
            self._team.is_amid = False
