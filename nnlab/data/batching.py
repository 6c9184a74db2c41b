"""Batch: an order of samples is cut into minibatches of nearly the same size."""

from collections.abc import Iterator

import numpy as np

from nnlab.core.types import Array


def nearly_equal(count: int, most: int) -> Iterator[slice]:
    """`count` places in the fewest slices of at most `most`, whose sizes differ by one at most.

    So 101 samples in batches of at most 100 give 51 and 50, not 100 and a lonely one. (With `most` at 2 an odd
    count still ends in a one.)
    """
    batches = -(-count // most)
    for batch in range(batches):
        yield slice(count * batch // batches, count * (batch + 1) // batches)


def cloned(samples: int, clones: int) -> tuple[Array, Array]:
    """Each sample `clones` times: the sample and the clone at each place."""
    places = np.arange(samples * clones)
    return places // clones, places % clones
