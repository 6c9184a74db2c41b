"""Rows of an array as the training loop takes them: a dataset without files or pixels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnlab.core.batch import Batch, Target
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.truths import taken
from nnlab.core.types import Array, Shape
from nnlab.data.partition import Targets
from nnlab.data.samplers.base import Chosen, in_order
from nnlab.data.samplers.shuffled import SHUFFLED


@dataclass(frozen=True, eq=False)
class Rows:
    """One partition.

    Shapes:   inputs: (samples, *sample), of the network's dtype
    Options:  targets: what a network ought to give for samples of which this is true.
              most: samples in a minibatch at most.  rng: where chance begins.
    """

    inputs: Array
    truths: Sequence[Truth]
    targets: Targets
    most: int
    rng: Rng

    def __len__(self) -> int:
        return len(self.inputs)

    def batches(self, epoch: int | None = None) -> Iterator[Batch]:
        """In minibatches: as they are, or as an epoch has them."""
        if epoch is None:
            return map(self._batch, in_order(len(self), self.most))
        return map(self._batch, SHUFFLED.batches(self.truths, epoch, clones=1, most=self.most, rng=self.rng))

    def shuffled(self) -> Iterator[Batch]:
        """Every sample once, mixed, and always the same."""
        return map(self._batch, SHUFFLED.batches(self.truths, 0, clones=1, most=self.most, rng=self.rng))

    def _batch(self, chosen: Chosen) -> Batch:
        rows, _ = chosen
        truths = taken(self.truths, rows)
        targets: Mapping[str, Target] = self.targets(truths, self.inputs.shape[1:])
        own = {head: target.astype(self.inputs.dtype) for head, target in targets.items()}
        return Batch(self.inputs[rows], own, truths, [f"row {row}" for row in rows.tolist()])


@dataclass(frozen=True, eq=False)
class Table:
    """Training, dev, and a test that is empty: others judge an estimator."""

    names: Sequence[str]
    training: Rows
    dev: Rows
    test: Rows

    @property
    def sample_shape(self) -> Shape:
        """The shape of one input."""
        shape: Shape = self.training.inputs.shape[1:]
        return shape
