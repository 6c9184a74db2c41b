"""A split that training would refuse, or that lacks a class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.partitioned import missing_classes


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Divided(DataCheck):
    """A partition that ends empty, a class with one picture, a class that dev or test lacks."""

    title: ClassVar[str] = "partitions that cannot be, or lack a class"
    advice: ClassVar[str] = "add pictures, or choose other --partitions"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """Why training would refuse the split; a line for each partition that lacks classes."""
        if data.split_fault is not None:
            yield Finding(data.split_fault, wrong=True)
            return
        for line in missing_classes(data.source, data.members):
            yield Finding(line)
