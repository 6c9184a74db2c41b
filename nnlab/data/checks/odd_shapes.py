"""Pictures that are far longer, or far higher, than the others."""

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
class OddShapes(OddCheck):
    """Width to height far from that of the others: stretched to one size, they are no longer what they were."""

    title: ClassVar[str] = "odd shapes"
    advice: ClassVar[str] = "look at them; --fit=letterbox or --fit=crop keeps what they show in proportion"
    usual: ClassVar[str] = "have other proportions than most"

    deviations: float = option(5.0, "robust standard deviations of log proportion that are usual", above=0)
    times: float = option(2.5, "times the median proportion, or part of it, that is usual", above=1)

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """The most stretched first."""
        proportion = np.log(data.figure("width") / data.figure("height"))
        beyond = far_off(proportion, self.deviations, float(np.log(self.times)))
        places = [int(place) for place in np.argsort(-np.abs(beyond), kind="stable") if beyond[place]]
        middle = np.exp(np.nanmedian(proportion)) if places else 0.0
        sizes = {place: f"{data.looks[place].width} x {data.looks[place].height} pixels" for place in places}
        return {
            place: f"{size}: {np.exp(proportion[place]):.2g} times as wide as high, and the others about {middle:.2g}"
            for place, size in sizes.items()
        }
