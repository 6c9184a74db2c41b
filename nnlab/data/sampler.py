"""Sampler: which samples come in an epoch, and which of them together in a minibatch."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import ClassVar

import numpy as np

from nnlab.core.component import Component, option
from nnlab.core.errors import UsageError
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


@dataclass(kw_only=True, eq=False)
class Shuffled(Sampler):
    """Every sample as often as it has clones, shuffled where they make more than one minibatch."""

    chooses: ClassVar[bool] = False

    def batches(self, truths: Sequence[Truth], epoch: int, *, clones: int, most: int, rng: Rng) -> Iterator[Chosen]:
        """Minibatches of nearly the same size."""
        samples, which = cloned(len(truths), clones)
        if len(samples) > most:
            order = rng.at("shuffle", epoch).generator().permutation(len(samples))
            samples, which = samples[order], which[order]
        return ((samples[part], which[part]) for part in nearly_equal(len(samples), most))


SHUFFLED = Shuffled()
"""What chooses where nobody says otherwise."""


@dataclass(kw_only=True, eq=False)
class IdentitiesBySamples(Sampler):
    """Minibatches of P identities with K samples each, so that each sample has others of its own kind beside it.

    An identity is a stratum of the truths (a class). Those that came least come next, by chance among equals; so do an
    identity's samples, and one that comes again in an epoch is another clone. An epoch has as many minibatches as its
    samples fill.

    Source:  Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification", 2017, section 2: PK batches.
    """

    identities: int = option(8, "identities in a minibatch; all, where there are fewer", low=1)
    samples: int = option(4, "samples of each identity in a minibatch", low=1)

    def batches(self, truths: Sequence[Truth], epoch: int, *, clones: int, most: int, rng: Rng) -> Iterator[Chosen]:
        """Raises UsageError: when a minibatch would have more samples than it may."""
        places: dict[Hashable, list[int]] = {}
        for place, truth in enumerate(truths):
            places.setdefault(truth.stratum, []).append(place)
        size = min(self.identities, len(places)) * self.samples
        if size > most:
            what = f"a minibatch of {size} samples is more than the {most} that it may have"
            raise UsageError(what, where=f"{type(self).__name__}.identities")
        chance = rng.at("identities", epoch).generator()
        queues = [_queue(np.array(own, np.intp), chance) for own in places.values()]
        came = np.zeros(len(queues), np.intp)
        for _ in range(-(-len(truths) * clones // size) if size else 0):
            now = np.lexsort((chance.random(len(queues)), came))[: self.identities]
            came[now] += 1
            drawn = np.array([pair for queue in now for pair in islice(queues[queue], self.samples)], np.intp)
            yield drawn[:, 0], drawn[:, 1]


def in_order(samples: int, most: int) -> Iterator[Chosen]:
    """Every sample once, as it is: what is scored."""
    every, first = cloned(samples, 1)
    return ((every[part], first[part]) for part in nearly_equal(samples, most))


def _queue(places: Array, chance: np.random.Generator) -> Iterator[tuple[int, int]]:
    """The places shuffled, again and again, each with how often it came before."""
    for clone in count():
        for place in chance.permutation(places):
            yield int(place), clone
