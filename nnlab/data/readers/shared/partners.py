"""Which points change places where a picture is mirrored: the left ear becomes the right one."""

from collections.abc import Sequence

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.core.types import Array

FLAG = "--swap"


def pairs_of(swap: Sequence[str]) -> list[tuple[str, str]]:
    """The names of each `LEFT:RIGHT`. Raises UsageError: what is no pair, or names one twice."""
    pairs = []
    for text in swap:
        left, colon, right = (part.strip() for part in text.partition(":"))
        if not (colon and left and right) or left == right:
            raise UsageError(f"must be LEFT:RIGHT, two names, got {printable(text)!r}", where=FLAG)
        pairs.append((left, right))
    every = [name for pair in pairs for name in pair]
    if len(set(every)) < len(every):
        twice = next(name for name in every if every.count(name) > 1)
        raise UsageError(f"names {printable(twice)} twice", where=FLAG)
    return pairs


def partners_of(swap: Sequence[str], names: Sequence[str]) -> Array | None:
    """Of each point the one whose place it takes; None where none changes.

    Raises:  UsageError: a name that is none.
    Shapes:  result: (points,)
    """
    if not swap:
        return None
    partners = np.arange(len(names))
    for pair in pairs_of(swap):
        for name in pair:
            if name not in names:
                near = nearest(name, list(names))
                hint = did_you_mean(near) if near else f"its points are {printable(', '.join(names[:10]))}"
                raise UsageError(
                    "the dataset has no such point", where=f"{FLAG}={printable(':'.join(pair))}", hint=hint
                )
        left, right = (names.index(name) for name in pair)
        partners[[left, right]] = right, left
    return partners
