"""Pictures of one colour."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.inspection.look import Look

USUAL = 0.5
"""The share of a class from which it is one of blank pictures."""


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Blank(DataCheck):
    """One colour everywhere, but for noise: nothing is on it. A class that is mostly so may be meant: one warning."""

    title: ClassVar[str] = "blank pictures"
    advice: ClassVar[str] = "remove them, unless blank is what they are to be known by"

    contrast: float = option(2.0, "standard deviation of brightness, of 255, below which nothing is on it", above=0)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each, or for a class."""
        blank = np.array([look.fault is None and self._is_blank(look) for look in data.looks])
        classes = []
        for label in np.unique(data.labels):
            own = data.labels == label
            places = np.flatnonzero(blank & own)
            if len(places) >= USUAL * own.sum() and len(places) > 1:
                classes.append(f"{len(places):,} of {int(own.sum()):,} of {_named(data, int(label))}")
                continue
            for place in places.tolist():
                yield Finding("of one colour", (place,), wrong=True)
        if classes:
            yield Finding(f"blank is usual here: {', '.join(classes)}")

    def _is_blank(self, look: Look) -> bool:
        """Neither brightness nor colour differs in it."""
        assert look.whole is not None
        return look.contrast < self.contrast and float(look.whole.colours.std(axis=(0, 1)).max()) < self.contrast


def _named(data: Inspected, label: int) -> str:
    return data.source.names[label] if data.source.labelled else "the set"
