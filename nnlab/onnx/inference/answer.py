"""What is said of one picture, whoever says it: a trained run or an ONNX model."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Pixels

Ranking = tuple[tuple[str | int, float | None], ...]
"""Classes, by name or number, and the probability of each; None where it is not known. The likeliest first."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network says of one picture: of its classes, where its object is, or the class of every place.

    Options:  label: the class that the network itself names.  ranking: the likeliest classes, of a network that gives
              these alone.  classes: names of the classes where the network brings them along.  count: how many there
              are in a class map; 0 where it does not show.  problem: why there is no answer, or none to trust.
    Shapes:   probabilities: (classes,); mask: (height, width) of the picture, uint8; class_map: the same, whole numbers
    """

    probabilities: Array | None = None
    mask: Pixels | None = None
    class_map: Array | None = None
    label: str | int | None = None
    ranking: Ranking = ()
    classes: tuple[str, ...] = ()
    count: int = 0
    problem: str | None = None


def scored(probabilities: Array) -> Answer:
    """The answer of these probabilities; they have a problem where some are no finite numbers."""
    return Answer(probabilities=probabilities, problem=not_finite(probabilities, "probabilities"))


def not_finite(numbers: Array, what: str) -> str | None:
    """What is wrong with numbers of which some are NaN or infinite; None where all are finite."""
    bad = int(numbers.size - np.isfinite(numbers).sum())
    if not bad:
        return None
    return f"the network gives no finite numbers ({bad:,} of {numbers.size:,} {what} are NaN or infinite)"
