"""One picture in two classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding, of_classes
from nnlab.data.checks.sharing import truths_of
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Contradicting(DataCheck):
    """The same picture in two classes, or with two numbers: one of them is wrong. Where files are not equal to the byte
    it is a warning: two classes may look alike."""

    title: ClassVar[str] = "one picture, two labels"
    advice: ClassVar[str] = "keep the right one of each"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each picture; those equal to the byte first."""
        for group in sorted(data.groups, key=lambda group: not group.exact):
            if len(truths_of(data, group)) > 1:
                same = "are the same to the byte" if group.exact else "look the same"
                said = of_classes(data, group.places)
                yield Finding(f"{same}, and are said to be {said}", group.places, wrong=group.exact)
