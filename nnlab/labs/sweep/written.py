"""A plan as it was written: where in its text a key stands, so that a mistake names its line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.experiment.sources import SettingsSource

HEAD = re.compile(r"\s*\[+\s*([\w.\" -]+?)\s*\]+")
KEY = re.compile(r"\s*\"?([\w.-]+)\"?\s*=")


@dataclass(frozen=True)
class Written:
    """A plan's text.  Options:  name: of its file, as it was typed."""

    name: str
    text: str

    def line(self, section: str, key: str = "", entry: int = 0) -> int | None:
        """Where a key of a section stands, counted from 1; where the section begins if the key is not found.

        Options:  section: "" for what stands before all sections.  entry: of an array of tables which, from 0.
        """
        at, begins, seen = "", None, -1
        for number, line in enumerate(self.text.splitlines(), 1):
            if (head := HEAD.match(line)) is not None:
                at = head[1].replace('"', "").strip()
                seen += at == section
                if at == section and seen == entry:
                    begins = number
            elif (found := KEY.match(line)) is not None:
                if found[1] == (key or section) and (at == section if key else at == "") and seen in (-1, entry):
                    return number
                if not at and found[1] == section:
                    begins = number
        return begins

    def where(self, section: str, key: str = "", entry: int = 0) -> str:
        """How a mistake names a place: `plan.toml, line 4: grid.learning_rate`."""
        line = self.line(section, key, entry)
        place = self.name if line is None else f"{self.name}, line {line}"
        return f"{place}: {'.'.join(word for word in (section, key) if word)}"

    def mistake(self, what: str, section: str, key: str = "", *, hint: str | None = None) -> UsageError:
        """A mistake in the plan."""
        return UsageError(what, where=self.where(section, key), hint=hint)


@dataclass(frozen=True)
class Proposed(SettingsSource):
    """The settings of a trial, as the plan has them.  Options:  entry: of [[list]], which one."""

    written: Written = field(default=Written("", ""))
    section: str = ""
    entry: int = 0

    def where(self, key: str) -> str:
        """A key where the plan says it."""
        return self.written.where(self.section, key, self.entry)


@dataclass(frozen=True)
class Base(SettingsSource):
    """The flags of a plan's `base`, which are typed as those of a command line are."""

    written: Written = field(default=Written("", ""))

    def where(self, key: str) -> str:
        """A flag, and that it is the base's."""
        return f"{self.written.where('base')}: {self.spelt(key)}"


def flattened(table: Mapping[str, Any], sections: Sequence[str]) -> dict[str, Any]:
    """`optimizer.beta1 = ...`, which TOML reads as a table within a table, as the key that was written."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if key in sections and isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": found for inner, found in value.items()}
        else:
            flat[key] = value
    return flat
