"""Files that give their class away."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.inspection.look import Look


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Telltale(DataCheck):
    """All pictures of one class, and few others, are of one format, one size or without colour: a network may learn
    the file instead of what it shows."""

    title: ClassVar[str] = "files that give their class away"
    advice: ClassVar[str] = "prepare all classes alike: save, resize and colour them in one way"

    share: float = option(0.9, "share of a class that has it, and of the others that has not", above=0.5, high=1)
    least: int = option(10, "pictures of a class from which it is looked at", low=2)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each class and what tells it."""
        labels = data.labels[data.readable]
        if not data.source.labelled or not len(labels):
            return
        sizes = np.bincount(labels, minlength=len(data.source.names))
        for trait in (_format, _size, _colour):
            values, numbers = np.unique([trait(data.looks[place]) for place in data.readable], return_inverse=True)
            counts = np.zeros((len(sizes), len(values)), np.intp)
            np.add.at(counts, (labels, numbers), 1)
            usual = counts.argmax(axis=1)
            own, all_of_it = counts[np.arange(len(sizes)), usual], counts.sum(axis=0)[usual]
            inside = own / np.maximum(sizes, 1)
            outside = (all_of_it - own) / np.maximum(len(labels) - sizes, 1)
            tells = (inside >= self.share) & (outside <= 1 - self.share) & (sizes >= self.least)
            for label in np.flatnonzero(tells & (sizes < len(labels))):
                name, value = data.source.names[label], values[usual[label]]
                yield Finding(f"{inside[label]:.0%} of {name} are {value}, and {outside[label]:.0%} of the others")


def _format(look: Look) -> str:
    assert look.kind is not None
    return look.kind.words.partition(" of ")[0] + " files"


def _size(look: Look) -> str:
    return f"{look.width} x {look.height} pixels"


def _colour(look: Look) -> str:
    return "in colour" if look.colour else "grey"
