"""How much of a prepared picture an experiment's own random steps show."""

import math
from collections.abc import Sequence

import numpy as np

from nnlab.core.placement import Placement, Size
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.data.steps.base import RandomImageStep
from nnlab.data.steps.moving import MovingStep

BLACK = (0, 0, 0)
"""What comes into view, which is not looked at here."""


def zooms(step: RandomImageStep) -> bool:
    """Whether a step may show things larger or smaller than they are in the picture."""
    if not isinstance(step, MovingStep) or step.probability == 0:
        return False
    size, chance = (64, 64), np.random.default_rng(0)
    return any(abs(_zoom(step.moved(size, BLACK, chance)) - 1) > 1e-6 for _ in range(8))  # 1e-6: rotations round


def shown_areas(steps: Sequence[RandomImageStep], size: Size, crop: Size | None, draws: int, *, rng: Rng) -> Array:
    """Of each draw, the share of the picture's area that is shown, by how things are enlarged: 1 for not at all.

    share = 1 / |det M|, M: from places of the picture to places of what is shown, in shares of their sides

    Options:  size: of the prepared pictures.  crop: the part that is cut out first.
    Shapes:   result: (draws,)
    """
    first = crop or size
    cut = first[0] * first[1] / (size[0] * size[1])
    moving = [(f"{place} {type(step).__name__}", step) for place, step in enumerate(steps)]
    shares = np.full(draws, cut)
    for draw in range(draws):
        for name, step in moving:
            own = rng.at(name, 0, draw, 0)
            happened = step.drawn(own)
            if isinstance(happened, MovingStep):
                shares[draw] /= _zoom(happened.moved(first, BLACK, own.generator()))
    return shares


def _zoom(placement: Placement) -> float:
    """How much larger areas become, as shares of the whole."""
    (a, b), (c, d) = placement.matrix[:2, :2].tolist()
    return float(abs(a * d - b * c)) * math.prod(placement.before) / math.prod(placement.size)
