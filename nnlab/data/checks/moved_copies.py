"""Pictures that show the same thing in another place or size."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.checks.sharing import partitions_of, truths_of
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class MovedCopies(DataCheck):
    """The same thing before a plain border, moved or scaled: copies of one original, as augmentation makes them.

    Of copies in several partitions a network is judged by what it has learnt by heart, but for its place. What is
    drawn by a program may be so by nature: these are warnings. Copies that were turned or bent are not found.
    """

    title: ClassVar[str] = "one thing, moved or scaled"
    advice: ClassVar[str] = (
        "if they are copies, keep those of one original on one side: nnlab train --group-by=REGEX (what names share)"
    )

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """How many there are; then each group, those in several partitions first, the largest first."""
        known = {frozenset(group.places) for group in data.groups}
        groups = [group for group in data.moved if frozenset(group.places) not in known]
        if not groups:
            return
        leaking = {group for group in groups if len(partitions_of(data, group)) > 1}
        count = sum(len(group.places) for group in groups)
        across = sum(len(group.places) for group in leaking)
        leak = f"; {across:,} of them have one in another partition: a random split leaks" if across else ""
        yield Finding(f"{count:,} pictures show what another one shows, moved or scaled{leak}")
        for group in sorted(groups, key=lambda group: (group not in leaking, -len(group.places))):
            names = [name for name in data.members if name in partitions_of(data, group)]
            said = f", in {' and '.join(names)}" if len(names) > 1 else ""
            classes = "" if len(truths_of(data, group)) == 1 else ", of several classes"
            yield Finding(f"show one thing, moved or scaled{said}{classes}", group.places)
