"""A dataset that was checked: what it is and what was found, as a document."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnlab.core.printing import printable
from nnlab.data.checks.base import Finding
from nnlab.data.checks.verdict import Found
from nnlab.data.inspection.digest import dataset_digest
from nnlab.data.inspection.inspected import Inspected


@dataclass(frozen=True, eq=False)
class CheckedData:
    """What a dataset is, and what the checks found.

    Options:  dataset: its name.  found: by check, the worst first.  data_loader: the library that it was read with.
    """

    dataset: str
    data: Inspected
    found: tuple[Found, ...]
    data_loader: str

    @property
    def wrong(self) -> int:
        """How many faults there are, those of a check that found one counted together."""
        return sum(one.count for one in self.found if one.wrong)

    @property
    def warnings(self) -> int:
        """How many warnings."""
        return sum(one.count for one in self.found if not one.wrong)

    @cached_property
    def digest(self) -> str:
        """That of the dataset and its split, 64 hexadecimal digits."""
        return dataset_digest(self.data)

    @property
    def classes(self) -> Mapping[str, Mapping[str, int]]:
        """Pictures of each class by partition; empty of a set without classes."""
        data = self.data
        if not data.source.labelled:
            return {}
        counts = Counter(zip(data.labels.tolist(), data.partition_of, strict=True))
        parts: list[str | None] = [*data.members] or [None]
        return {
            name: {part or "undivided": counts[label, part] for part in parts}
            for label, name in enumerate(data.source.names)
        }

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many files there are of each format, the most frequent first."""
        return dict(Counter(look.kind.format for look in self.data.looks if look.kind is not None).most_common())

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "dataset": self.dataset,
            "folder": printable(self.data.source.folder),
            "digest": self.digest,
            "pictures": len(self.data),
            "partitions": {name: len(places) for name, places in self.data.members.items()},
            "classes": self.classes,
            "formats": self.kinds,
            "wrong": self.wrong,
            "warnings": self.warnings,
            "checks": [
                {
                    "check": one.name,
                    "level": one.level,
                    "title": one.check.title,
                    "advice": one.check.advice,
                    "options": one.check.options(),
                    "findings": [self._told(finding) for finding in one.findings],
                }
                for one in self.found
            ],
        }

    def _told(self, finding: Finding) -> dict[str, Any]:
        sources = [self.data.source_of(place) for place in finding.places]
        return {"level": "wrong" if finding.wrong else "warning", "what": finding.what, "sources": sources}
