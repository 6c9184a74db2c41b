"""Some of many, spread evenly."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """All of them, or so many of them at equal distances from the first to the last.

    places = round(i (n - 1) / (most - 1)),  i = 0 ... most - 1;  of one place the first
    """
    places = np.unique(np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int))
    return [items[place] for place in places.tolist()]
