"""A training minibatch, mixed by one of several ways."""

from collections.abc import Sequence
from dataclasses import replace

from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.core.truths import taken
from nnlab.core.types import Shape
from nnlab.data.mixing.base import Mixing


def mixed(batch: Batch, ways: Sequence[Mixing], image_shape: Shape, rng: Rng, at: tuple[int, int]) -> Batch:
    """The minibatch with each sample mixed with another; as it is where it has one alone, or there is no way.

    Targets become mixtures. Truth and source of a sample are those of its greater part, so that a share of right
    answers is that of dominant classes. One way of several is chosen for each minibatch, evenly.

    Options:  image_shape: of a sample, whether samples are flattened or not.
              at: the epoch, and the minibatch's place in it. Chance is that of the streams (seed, "mixing", epoch,
              place), which chooses the way, and (seed, way, epoch, place).
    """
    if not ways or len(batch) < 2:
        return batch
    way = ways[int(rng.at("mixing", *at).generator().integers(len(ways)))] if len(ways) > 1 else ways[0]
    chance = rng.at(type(way).__name__, *at).generator()
    share, partners = float(chance.beta(way.alpha, way.alpha)), chance.permutation(len(batch))
    images, share = way.mixed(batch.inputs.reshape(len(batch), *image_shape), partners, share, chance)
    greater = range(len(batch)) if share >= 0.5 else partners
    return replace(
        batch,
        inputs=images.reshape(batch.inputs.shape),
        targets={head: target.mixed(partners, share) for head, target in batch.targets.items()},
        truths=taken(batch.truths, greater),
        sources=[batch.sources[place] for place in greater] if len(batch.sources) else (),
    )
