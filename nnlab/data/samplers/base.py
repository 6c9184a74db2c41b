"""The contract of a sampler: which samples come in an epoch, and which of them together in a minibatch."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.data.batching import cloned, nearly_equal

Chosen = tuple[Array, Array]
"""Of a minibatch, for each of its samples: its place in the partition, and which clone of it this is."""


@dataclass(kw_only=True, eq=False)
class Sampler(Component, ABC):
    """Chooses the samples of training's epochs.

    Options:  chooses: whether epochs differ even where one minibatch holds all samples and no step is random.
    """

    chooses: ClassVar[bool] = True

    @abstractmethod
    def batches(self, truths: Sequence[Truth], epoch: int, *, clones: int, most: int, rng: Rng) -> Iterator[Chosen]:
        """The minibatches of an epoch.

        Options:  truths: of the partition's samples.  clones: how often each sample comes.  most: samples in a batch at
                  most.  rng: where chance begins: draw below a name of one's own and the epoch.
        """

    def sizes(self, truths: Sequence[Truth], *, clones: int, most: int) -> list[int]:
        """How many samples each minibatch of an epoch has, in no order; by default as many as fit, nearly alike.

        Raises:  UsageError: as `batches`.
        """
        return [part.stop - part.start for part in nearly_equal(len(truths) * clones, most)]


SAMPLERS: Registry[Sampler] = Registry("sampler", "nnlab.data.samplers")


def in_order(samples: int, most: int) -> Iterator[Chosen]:
    """Every sample once, as it is: what is scored."""
    every, first = cloned(samples, 1)
    return ((every[part], first[part]) for part in nearly_equal(samples, most))
