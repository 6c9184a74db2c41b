"""Labels that are probably wrong, as a run has it that had not learnt from them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from nnlab.data.checks.base import DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected


@dataclass(frozen=True)
class SuspectLabel:
    """A sample that looks more like another class than its own.

    Options:  source: its path within the dataset.  suggested: what it looks like.  quality: how likely its label is
              right, from 0 to 1.  suspected: whether that is as sure as what is of the other class.
    """

    source: str
    suggested: str
    quality: float
    suspected: bool


@dataclass(kw_only=True, eq=False)
class SuspectLabels(DataCheck):
    """Not registered: it needs a run.

    Options:  of: the run's name, or the set of folds'.  suspects: the least likely right first.
    """

    title: ClassVar[str] = "labels that are probably wrong"
    advice: ClassVar[str] = "look at them, and move those that are wrong to their class's folder"

    of: str = ""
    suspects: tuple[SuspectLabel, ...] = field(default=())

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each that is of the dataset."""
        places = {data.source_of(place): place for place in range(len(data))}
        for suspect in self.suspects:
            if (place := places.get(suspect.source)) is None:
                continue
            sure = "probably" if suspect.suspected else "perhaps"
            told = f"is {data.truth_of(place)} by its folder, {sure} {suspect.suggested} by its looks"
            yield Finding(f"{told} (quality {suspect.quality:.3f})", (place,))
