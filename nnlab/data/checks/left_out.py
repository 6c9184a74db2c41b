"""What nobody reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected

NAMED = 20
"""How many are named; the others are counted."""


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class LeftOut(DataCheck):
    """Files among the pictures whose names are no pictures', pictures that lie beside the classes; and what was left
    out because that was asked for: pictures of which nothing is said, boxes that are none."""

    title: ClassVar[str] = "files that are left out"
    advice: ClassVar[str] = "mend it; rename what is a picture (.png, .jpg, ...) or move it into its class"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each file, and for what was asked for."""
        files = data.source.left_out
        for source in files[:NAMED]:
            yield Finding(f"{source} is no picture by its name, or lies beside the classes")
        if len(files) > NAMED:
            yield Finding(f"and {len(files) - NAMED:,} more")
        yield from map(Finding, data.source.notes)
