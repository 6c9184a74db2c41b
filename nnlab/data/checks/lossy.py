"""Lossy files among lossless ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, OddCheck
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Lossy(OddCheck):
    """JPEGs and the like among pictures that were kept without loss: a network sees their blocks."""

    title: ClassVar[str] = "lossy files among lossless ones"
    advice: ClassVar[str] = "take their originals, or add --augment=Jpeg, so that the blocks tell nothing"
    usual: ClassVar[str] = "are lossy, and the rest is not"

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """The lowest quality first; none where most are lossy."""
        kinds = {place: look.kind for place, look in enumerate(data.looks) if look.kind is not None}
        lossy = {place: kind for place, kind in kinds.items() if kind.lossy}
        if len(lossy) > len(kinds) / 2:
            return {}
        order = sorted(lossy, key=lambda place: lossy[place].quality or 0)
        return {place: f"{lossy[place].words}, and most others are lossless" for place in order}
