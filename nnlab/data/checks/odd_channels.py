"""Pictures with other channels than the others."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.data.checks.base import DATA_CHECKS, OddCheck
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.inspection.look import Look


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class OddChannels(OddCheck):
    """Grey among coloured pictures, or coloured among grey; transparent ones; 16 bits; inks (CMYK).

    By what is in the picture: a grey one is grey however its file keeps it.
    """

    title: ClassVar[str] = "odd channels"
    advice: ClassVar[str] = "look at them: nnlab reads all as 8-bit RGB over white; --grayscale makes all of them grey"
    usual: ClassVar[str] = "have other channels than most"

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """The rarest kind first."""
        kinds = {place: kind_of(look) for place, look in enumerate(data.looks) if look.fault is None}
        counts = Counter(kinds.values())
        if len(counts) < 2:
            return {}
        usual = counts.most_common(1)[0][0]
        others = {place: kind for place, kind in kinds.items() if kind != usual}
        return {
            place: f"{kind}, and the others are {usual}"
            for place, kind in sorted(others.items(), key=lambda item: counts[item[1]])
        }


def kind_of(look: Look) -> str:
    """What a picture's channels are, in words."""
    assert look.kind is not None
    words = "in colour" if look.colour else "grey"
    words += " and transparent" if look.transparent else ""
    words += f", {look.kind.depth} bits" if look.kind.depth > 8 else ""
    return words + (", of inks (CMYK)" if look.kind.cmyk else "")
