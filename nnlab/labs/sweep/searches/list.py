"""What is written down, one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.errors import NnlabError, as_one
from nnlab.experiment.settings import SECTIONS
from nnlab.labs.sweep.searches.base import SEARCHES, Search, Settings, Tried
from nnlab.labs.sweep.written import Written, flattened


@SEARCHES.register
class List(Search):
    """Each [[list]] of the plan is a trial; what one does not say is as in the base."""

    def __init__(self, table: Any, section: str, written: Written):
        super().__init__(table, section, written)
        if not isinstance(table, Sequence) or not table or not all(isinstance(each, Mapping) for each in table):
            hint = f"write each trial as [[{section}]], its settings below it"
            raise written.mistake("must be an array of tables", section, hint=hint)
        self._every = [flattened(each, SECTIONS) for each in table]
        mistakes: list[NnlabError] = []
        for place, each in enumerate(self._every):
            if each in self._every[:place]:
                twin, hint = self._every.index(each) + 1, "leave one of them out"
                mistakes.append(written.mistake(f"trial {place + 1} says what trial {twin} does", section, hint=hint))
        if mistakes:
            raise as_one(mistakes)

    @property
    def keys(self) -> Sequence[str]:
        """Of all of them."""
        return list(dict.fromkeys(key for each in self._every for key in each))

    @property
    def total(self) -> int:
        """As many as are written."""
        return len(self._every)

    def batch(self, tried: Sequence[Tried]) -> Sequence[Settings]:
        """All at once."""
        return () if tried else self._every
