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


class Dataset(Protocol):
    """The three partitions, and what they share."""

    @property
    def classes(self) -> Sequence[str]: ...

    @property
    def sample_shape(self) -> Shape: ...

    @property
    def training(self) -> Samples: ...

    @property
    def dev(self) -> Samples: ...

    @property
    def test(self) -> Samples: ...
