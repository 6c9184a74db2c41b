"""Files that cannot be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Unreadable(DataCheck):
    """Files that are empty, no pictures, cut short, corrupt, too large, or of a kind that is not read."""

    title: ClassVar[str] = "unreadable files"
    advice: ClassVar[str] = "repair or remove them; nnlab train --skip-bad-images leaves them out"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each."""
        for place, look in enumerate(data.looks):
            if look.fault is not None:
                yield Finding(look.fault, (place,), wrong=True)
