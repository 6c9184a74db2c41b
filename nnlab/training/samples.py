"""What the loop needs of a dataset; `nnlab.data.pipeline` gives it, and so can a few arrays."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from nnlab.core.batch import Batch
from nnlab.core.types import Shape


class Samples(Protocol):
    """One partition."""

    def __len__(self) -> int: ...

    def batches(self, epoch: int | None = None) -> Iterator[Batch]:
        """The partition in minibatches: for `epoch` (1 is the first) shuffled and augmented, for None as it is.

        A batch stays as it is while the next one is asked for: the loop reads one batch ahead.
        """
        ...

    def shuffled(self) -> Iterator[Batch]:
        """Every sample once, as it is, in minibatches that are mixed, and always the same (for precise statistics)."""
        ...


class Dataset(Protocol):
    """The three partitions, and what they share."""

    @property
    def names(self) -> Sequence[str]:
        """Of the classes, or of the numbers, in the order of the targets' channels."""
        ...

    @property
    def sample_shape(self) -> Shape:
        """The shape of one input."""
        ...

    @property
    def training(self) -> Samples:
        """What is learnt from."""
        ...

    @property
    def dev(self) -> Samples:
        """What choices are made by: the best weights, when to stop."""
        ...

    @property
    def test(self) -> Samples:
        """What is scored once, at the end."""
        ...
