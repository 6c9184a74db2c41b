"""A split that training would refuse, that lacks a class, or that parts a group."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.groups import torn_groups
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.partitioned import missing_classes


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Divided(DataCheck):
    """A partition that ends empty or lacks a class, a class with one picture, a group in two partitions."""

    title: ClassVar[str] = "partitions that cannot be, or lack a class"
    advice: ClassVar[str] = "add pictures, or choose other --partitions"

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """Why training would refuse the split; a line for each partition that lacks classes."""
        if data.split_fault is not None:
            yield Finding(data.split_fault, wrong=True)
            return
        for line in missing_classes(data.source, data.members):
            yield Finding(line)
        for line in torn_groups(data.source, data.members):
            yield Finding(line, wrong=True)
