"""Pictures that are dark everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, OddCheck
from nnlab.data.checks.blank import Blank
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Dark(OddCheck):
    """Not even the lightest of their pixels are light; a light thing before black is not dark."""

    title: ClassVar[str] = "dark pictures"
    advice: ClassVar[str] = "look at them: --minmax-normalize lightens them; what shows nothing is better removed"
    usual: ClassVar[str] = "are dark"

    lightest: float = option(60.0, "brightness, of 255, that 99% of its pixels stay below", above=0, high=255)

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """The darkest first."""
        light = data.figure("light")
        seen = (light < self.lightest) & (data.figure("contrast") >= Blank().contrast)
        order = [int(place) for place in light.argsort(kind="stable") if seen[place]]
        return {place: f"99% of it is darker than {light[place]:.0f} of 255" for place in order}
