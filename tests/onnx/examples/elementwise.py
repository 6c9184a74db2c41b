"""Examples of the elementwise operators: inputs away from corners and poles, so that differences hold."""

import numpy as np

from nnlab.core.types import Array
from nnlab.testing.operators import Example


def spread(low: float, high: float, shape: tuple[int, ...] = (2, 3), seed: int = 0) -> Array:
    """Numbers from low to high in random order, none of them near another."""
    numbers = np.linspace(low, high, int(np.prod(shape)))
    return np.random.default_rng(seed).permutation(numbers).reshape(shape)


EXAMPLES = [
    Example(name="Relu", inputs=(spread(-2, 2.3),)),
]
