"""The same file several times."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.checks.sharing import within
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class ExactDuplicates(DataCheck):
    """Files that are equal to the byte, of one class and in one partition: the picture counts several times."""

    title: ClassVar[str] = "the same file several times"
    advice: ClassVar[str] = "keep one of each"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each picture."""
        for group in within(data):
            if group.exact:
                yield Finding("are the same to the byte", group.places)
