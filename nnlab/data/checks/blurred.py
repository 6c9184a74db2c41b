"""Pictures without a sharp edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, OddCheck
from nnlab.data.checks.blank import Blank
from nnlab.data.checks.outlying import far_off
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class Blurred(OddCheck):
    """Far less sharp than the others at 128 pixels of the longer side: their steepest edges count, not their smoothest
    places. What is only blurred in full size is sharp to a network of small pictures."""

    title: ClassVar[str] = "blurred pictures"
    advice: ClassVar[str] = "look at them, and remove what nobody could tell"
    usual: ClassVar[str] = "are blurred"

    deviations: float = option(4.0, "robust standard deviations of log sharpness that are usual", above=0)
    times: float = option(2.5, "times less sharp than the median that is usual", above=1)

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """The least sharp first."""
        counted = data.figure("contrast") >= Blank().contrast
        sharpness = np.where(counted, np.log(np.maximum(data.figure("sharpness"), 1e-3)), np.nan)
        beyond = far_off(sharpness, self.deviations, float(np.log(self.times)))
        middle = np.exp(np.nanmedian(sharpness)) if beyond.any() else 0.0
        return {
            int(place): f"its sharpest edges have {np.exp(sharpness[place]) / middle:.0%} of the others' slope"
            for place in np.argsort(beyond, kind="stable")
            if beyond[place] < 0
        }
