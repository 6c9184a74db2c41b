"""The contract of a search, what it is told, and the registry."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nnlab.core.errors import NnlabError, as_one
from nnlab.core.registry import Registry
from nnlab.labs.sweep.ranges import Allowed, allowed
from nnlab.labs.sweep.written import Written

Settings = Mapping[str, Any]
"""What a trial has otherwise than the base, by key."""

MOST = 10_000
"""Trials of a plan."""


@dataclass(frozen=True)
class Tried:
    """What became of a proposal.

    Options:  value: the mean of its seeds, the greater the better; None: it failed.
              epochs: that [prune] left it after, of which its value then is; None: it was trained to its end.
    """

    settings: Settings
    value: float | None
    epochs: int | None = None


class Search(ABC):
    """Proposes trials. It is made of its table in the plan, and of that alone: the same plan proposes the same.

    Options:  table: what the plan says under its name, keys of sections flattened.  section: the name as written.
    Raises:   NnlabError: all that is wrong with the table.
    """

    waits: ClassVar[bool] = False
    """Whether later proposals depend on what became of earlier ones."""

    def __init__(self, table: Any, section: str, written: Written):
        self.table, self.section, self.written = table, section, written

    @property
    @abstractmethod
    def keys(self) -> Sequence[str]:
        """The settings that vary."""

    @property
    @abstractmethod
    def total(self) -> int:
        """How many trials there will be."""

    @property
    def batches(self) -> Sequence[int]:
        """How many are proposed at a time, one batch after the other, as far as that can be told beforehand."""
        return [self.total]

    @abstractmethod
    def batch(self, tried: Sequence[Tried]) -> Sequence[Settings]:
        """What to try next; nothing when all is proposed.

        Options:  tried: all that was proposed so far, in that order.
        """

    @property
    def beforehand(self) -> Sequence[Settings]:
        """Settings that are resolved before anything runs, so that what is wrong is said then."""
        return self.batch(())


SEARCHES: Registry[Search] = Registry("search", "nnlab.labs.sweep.searches")


class Sampled(Search):
    """One that draws from ranges.

    Options:  numbers: its own options that are whole numbers, with what each is by default; None: it must be given.
    """

    numbers: ClassVar[Mapping[str, int | None]] = {"trials": None, "seed": 0}
    words: ClassVar[Sequence[str]] = ()
    """Its other options."""

    def __init__(self, table: Any, section: str, written: Written):
        super().__init__(table, section, written)
        mistakes: list[NnlabError] = []
        self.options = {name: self._number(name, default, mistakes) for name, default in self.numbers.items()}
        self.ranges: dict[str, Allowed] = {}
        for key, said in table.items():
            if key in self.numbers or key in self.words:
                continue
            try:
                self.ranges[key] = allowed(key, said, section, written)
            except NnlabError as error:
                mistakes.append(error)
        if not (self.ranges or mistakes):
            hint = "such as learning_rate = { low = 1e-4, high = 1e-2, log = true }"
            mistakes.append(written.mistake("varies nothing", section, hint=hint))
        if mistakes:
            raise as_one(mistakes)

    def _number(self, name: str, default: int | None, mistakes: list[NnlabError]) -> int:
        said, least = self.table.get(name, default), 0 if name == "seed" else 1
        if isinstance(said, bool) or not isinstance(said, int) or not least <= said <= MOST:
            what = f"must be a whole number from {least} to {MOST:,}, got {said!r}"
            what = what if name in self.table else "is missing"
            mistakes.append(self.written.mistake(what, self.section, name, hint=f"such as {name} = {default or 30}"))
            return 1
        return said

    @property
    def keys(self) -> Sequence[str]:
        """Those that have a range."""
        return list(self.ranges)

    @property
    def total(self) -> int:
        """As the plan says."""
        return self.options["trials"]

    @property
    def beforehand(self) -> Sequence[Settings]:
        """Every end of every range once."""
        longest = max(len(found.ends) for found in self.ranges.values())
        return [
            {key: found.ends[min(place, len(found.ends) - 1)] for key, found in self.ranges.items()}
            for place in range(longest)
        ]
