"""Files that nobody reads."""

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
    """Files among the pictures whose names are no pictures', and pictures that lie beside the classes."""

    title: ClassVar[str] = "files that are left out"
    advice: ClassVar[str] = "rename what is a picture (.png, .jpg, ...) or move it into its class; remove the rest"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each."""
        files = data.source.left_out
        for source in files[:NAMED]:
            yield Finding(f"{source} is no picture by its name, or lies beside the classes")
        if len(files) > NAMED:
            yield Finding(f"and {len(files) - NAMED:,} more")
