"""The contract of a data check: it reads what was seen of a dataset, and says what is wrong."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.component import Component, option
from nnlab.core.registry import Registry
from nnlab.data.inspection.inspected import Inspected


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Options:  what: in words, without the names of the samples.  places: of the samples; none where it is about the set.
              wrong: whether it is a fault; else it is a warning: to be looked at.
    """

    what: str
    places: tuple[int, ...] = ()
    wrong: bool = False


@dataclass(kw_only=True, eq=False)
class DataCheck(Component, ABC):
    """Looks for one kind of fault.

    Options:  title: what is found, in a few words ("unreadable files").  advice: what to do about it.
    """

    title: ClassVar[str]
    advice: ClassVar[str]

    @abstractmethod
    def findings(self, data: Inspected) -> Iterator[Finding]:
        """What is found, the worst first."""


@dataclass(kw_only=True, eq=False)
class OddCheck(DataCheck, ABC):
    """Looks for pictures unlike the others: where many are so, that is how the set is, and one finding says it.

    Options:  usual: what all are like, where many are.
    """

    usual: ClassVar[str]

    most: float = option(0.1, "share of the set that is singled out at most", above=0, high=1)

    @abstractmethod
    def odd(self, data: Inspected) -> Mapping[int, str]:
        """By place, what is odd about the picture, the worst first."""

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each odd picture, or one for all of them."""
        odd = self.odd(data)
        if len(odd) > max(1, self.most * len(data.readable)):
            share = f"{len(odd):,} of {len(data.readable):,} pictures"
            yield Finding(f"{share} {self.usual}: so the set is, and none is singled out")
            return
        for place, what in odd.items():
            yield Finding(what, (place,))


DATA_CHECKS: Registry[DataCheck] = Registry("data check", "nnlab.data.checks")


def of_classes(data: Inspected, places: Sequence[int]) -> str:
    """The classes, or numbers, that these samples are said to have: "cat and dog"."""
    truths = list(dict.fromkeys(data.truth_of(place) for place in places))
    shown = truths[:4] + ([f"{len(truths) - 4} more"] if len(truths) > 4 else [])
    return ", ".join(shown[:-1]) + f" and {shown[-1]}" if len(shown) > 1 else shown[0]
