"""Pictures that look the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.checks.sharing import within
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class NearDuplicates(DataCheck):
    """A picture saved anew, resized, or changed a little, of one class and in one partition."""

    title: ClassVar[str] = "pictures that look the same"
    advice: ClassVar[str] = "keep one of each, or all of them on one side of every split: --group-by"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each picture."""
        for group in within(data):
            if not group.exact:
                yield Finding("look the same", group.places)
