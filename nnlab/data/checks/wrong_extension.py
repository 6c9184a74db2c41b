"""Files whose names say another format than their content."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.file_kind import ENDINGS
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class WrongExtension(DataCheck):
    """A PNG named `.jpg`: nnlab goes by the content, other programs may not."""

    title: ClassVar[str] = "names that say another format"
    advice: ClassVar[str] = "rename them: nnlab reads them by their content, other programs may not"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each."""
        for place, look in enumerate(data.looks):
            endings = ENDINGS.get(look.kind.format) if look.kind else None
            said = data.source.samples[place].path.suffix
            if look.kind and endings and said.lower() not in endings:
                yield Finding(f"holds {look.kind.words}: its name should end with {endings[0]}", (place,), wrong=True)
