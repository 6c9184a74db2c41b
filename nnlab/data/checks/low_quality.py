"""JPEGs of far lower quality than the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, OddCheck
from nnlab.data.checks.outlying import far_off
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class LowQuality(OddCheck):
    """JPEGs that were packed much harder than the others, by the tables in their files."""

    title: ClassVar[str] = "JPEGs of low quality"
    advice: ClassVar[str] = "take their originals, or add --augment=Jpeg, so that the blocks tell nothing"
    usual: ClassVar[str] = "are JPEGs of low quality"

    deviations: float = option(5.0, "robust standard deviations of quality that are usual", above=0)
    below: float = option(20.0, "points below the median quality that are usual", above=0)
    good: int = option(70, "quality from which on none is low", low=1, high=100)

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """The lowest first."""
        kinds = [look.kind for look in data.looks]
        quality = np.array([np.nan if kind is None or kind.quality is None else kind.quality for kind in kinds], float)
        beyond = far_off(quality, self.deviations, self.below)
        low = [place for place in np.argsort(beyond, kind="stable") if beyond[place] < 0 and quality[place] < self.good]
        middle = np.nanmedian(quality) if low else 0.0
        return {int(place): f"quality {quality[place]:.0f}, and the others about {middle:.0f}" for place in low}
