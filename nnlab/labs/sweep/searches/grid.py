"""Every combination."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

from nnlab.core.errors import NnlabError, as_one
from nnlab.labs.sweep.ranges import Choices, allowed
from nnlab.labs.sweep.searches.base import MOST, SEARCHES, Search, Settings, Tried
from nnlab.labs.sweep.written import Written


@SEARCHES.register
class Grid(Search):
    """Each value of each setting with each of all others; the last setting moves first."""

    def __init__(self, table: Any, section: str, written: Written):
        super().__init__(table, section, written)
        mistakes: list[NnlabError] = []
        self._values: dict[str, Sequence[Any]] = {}
        for key, said in table.items():
            try:
                found = allowed(key, said, section, written)
            except NnlabError as error:
                mistakes.append(error)
                continue
            if isinstance(found, Choices):
                self._values[key] = found.values
            else:
                hint = "list its values, or use [random]"
                mistakes.append(written.mistake("is a range, of which a grid has no end", section, key, hint=hint))
        if not (self._values or mistakes):
            mistakes.append(written.mistake("varies nothing", section, hint="such as learning_rate = [1e-3, 1e-2]"))
        if self.total > MOST:
            hint = f"leave out values, or draw some of them: [random] trials = {MOST // 1000}"
            mistakes.append(written.mistake(f"has {self.total:,} combinations, more than {MOST:,}", section, hint=hint))
        if mistakes:
            raise as_one(mistakes)

    @property
    def keys(self) -> Sequence[str]:
        """In the order of the plan."""
        return list(self._values)

    @property
    def total(self) -> int:
        """The product."""
        return math.prod(map(len, self._values.values()))

    def batch(self, tried: Sequence[Tried]) -> Sequence[Settings]:
        """All at once."""
        if tried:
            return ()
        return [dict(zip(self._values, each, strict=True)) for each in itertools.product(*self._values.values())]
