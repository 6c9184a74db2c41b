"""Which samples of a minibatch a process has."""

from dataclasses import dataclass

from nnlab.core.types import Array


@dataclass(frozen=True)
class Shard:
    """Samples `first` to `last` (not among them) of a minibatch, as nearly equal in number as they can be.

    Of fewer samples than there are processes each process has all: none ever has a pass over nothing. Their gradient
    is then counted once (`share`).
    """

    first: int
    last: int
    samples: int
    share: float = 1.0

    @classmethod
    def of(cls, samples: int, rank: int, size: int) -> "Shard":
        """Those of one process."""
        if samples < size:
            return cls(0, samples, samples, float(rank == 0))
        least, more = divmod(samples, size)
        first = rank * least + min(rank, more)
        return cls(first, first + least + (rank < more), samples)

    @property
    def whole(self) -> bool:
        """Whether it has all of them."""
        return len(self) == self.samples

    def __len__(self) -> int:
        return self.last - self.first

    def cut(self, array: Array) -> Array:
        """Its part of what there is of every sample.  Shapes:  array: (samples, ...); result: (own samples, ...)"""
        return array[self.first : self.last]
