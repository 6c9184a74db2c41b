"""One picture in two partitions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.checks.sharing import partitions_of
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Leaking(DataCheck):
    """The same picture in what is learnt from and in what is judged by: scores then tell what was learnt by heart.

    The partitions are those that `nnlab train` makes with the same options. A few that only look the same are a
    warning: among thousands of digits two may.
    """

    title: ClassVar[str] = "one picture, two partitions"
    advice: ClassVar[str] = (
        "keep one of each, or all on one side: nnlab train --group-by=REGEX (what names of one original share)"
    )

    share: float = option(0.01, "of dev or test: from here on pictures that look the same are a fault", above=0, high=1)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """What share of dev and test is in another partition too; then each picture, the most copies first."""
        shared = [group for group in data.groups if len(partitions_of(data, group)) > 1]
        among = {place for group in shared for place in group.places}
        shares = {
            name: len(among.intersection(places)) / len(places)
            for name, places in data.members.items()
            if name != "training" and places
        }
        many = max(shares.values(), default=0.0) >= self.share
        for name, share in shares.items():
            if share:
                whole = f"{share * len(data.members[name]):,.0f} of {len(data.members[name]):,} {name} pictures"
                said = f"{whole} ({share:.2%}) look like one in another partition: {name} scores say too much"
                yield Finding(said, wrong=share >= self.share)
        for group in sorted(shared, key=lambda group: (not group.exact, -len(group.places))):
            same = "are the same to the byte" if group.exact else "look the same"
            names = [name for name in data.members if name in partitions_of(data, group)]
            yield Finding(f"{same}, and are in {' and '.join(names)}", group.places, wrong=group.exact or many)
