"""Every sample, in an order by chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.data.batching import cloned, nearly_equal
from nnlab.data.samplers.base import SAMPLERS, Chosen, Sampler


@SAMPLERS.register
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
