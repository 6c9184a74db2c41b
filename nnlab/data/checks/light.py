"""Pictures that are light everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, OddCheck
from nnlab.data.checks.blank import Blank
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Light(OddCheck):
    """Washed out: not even the darkest of their pixels are dark. Blank ones are left out."""

    title: ClassVar[str] = "washed-out pictures"
    advice: ClassVar[str] = "look at them: --minmax-normalize darkens them; what shows nothing is better removed"
    usual: ClassVar[str] = "are light all over"

    darkest: float = option(195.0, "brightness, of 255, that 99% of its pixels stay above", low=0, below=255)

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """The lightest first."""
        dark = data.figure("dark")
        seen = (dark > self.darkest) & (data.figure("contrast") >= Blank().contrast)
        order = [int(place) for place in (-dark).argsort(kind="stable") if seen[place]]
        return {place: f"99% of it is lighter than {dark[place]:.0f} of 255" for place in order}
