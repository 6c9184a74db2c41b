"""Some samples of each of some identities."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.data.samplers.base import SAMPLERS, Chosen, Sampler


@SAMPLERS.register
@dataclass(kw_only=True, eq=False)
class IdentitiesBySamples(Sampler):
    """Minibatches of P identities with K samples each, so that each sample has others of its own kind beside it.

    An identity is a stratum of the truths (a class). Those that came least come next, by chance among equals; so do an
    identity's samples, and one that comes again in an epoch is another clone. An epoch has as many minibatches as its
    samples fill.

    Source:  Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification", 2017, section 2: PK batches.
    """

    also_called = ("PK", "PKSampler", "Balanced", "MPerClass")

    identities: int = option(8, "identities in a minibatch; all, where there are fewer", low=1)
    samples_each: int = option(4, "samples of each identity in a minibatch", low=1)

    def batches(self, truths: Sequence[Truth], epoch: int, *, clones: int, most: int, rng: Rng) -> Iterator[Chosen]:
        """Raises UsageError: when a minibatch would have more samples than it may."""
        places, size = self._found(truths, most)
        chance = rng.at("identities", epoch).generator()
        queues = [_queue(np.array(own, np.intp), chance) for own in places.values()]
        came = np.zeros(len(queues), np.intp)
        for _ in range(_count(len(truths) * clones, size)):
            now = np.lexsort((chance.random(len(queues)), came))[: self.identities]
            came[now] += 1
            drawn = np.array([pair for queue in now for pair in islice(queues[queue], self.samples_each)], np.intp)
            yield drawn[:, 0], drawn[:, 1]

    def sizes(self, truths: Sequence[Truth], *, clones: int, most: int) -> list[int]:
        """All of the same size, as many as the samples fill."""
        _, size = self._found(truths, most)
        return [size] * _count(len(truths) * clones, size)

    def _found(self, truths: Sequence[Truth], most: int) -> tuple[dict[Hashable, list[int]], int]:
        """The samples of each identity, and the size of a minibatch."""
        places: dict[Hashable, list[int]] = {}
        for place, truth in enumerate(truths):
            places.setdefault(truth.stratum, []).append(place)
        size = min(self.identities, len(places)) * self.samples_each
        if size > most:
            what = f"a minibatch of {size} samples is more than the {most} that it may have"
            raise UsageError(
                what, where=f"{type(self).__name__}.identities", hint=f"type --max-minibatch-size={size}, or fewer"
            )
        return places, size


def _count(samples: int, size: int) -> int:
    """How many minibatches of that size so many samples fill, the last one by some that came before."""
    return -(-samples // size) if size else 0


def _queue(places: Array, chance: "np.random.Generator") -> Iterator[tuple[int, int]]:
    """The places shuffled, again and again, each with how often it came before."""
    for clone in count():
        for place in chance.permutation(places):
            yield int(place), clone
