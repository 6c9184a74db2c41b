"""Pictures of another size than the others."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, OddCheck
from nnlab.data.checks.outlying import far_off
from nnlab.data.inspection.inspected import Inspected

ONE_SIZE = 0.9
"""The share of a set from which a size is the set's, and every other is odd."""


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class OddSizes(OddCheck):
    """Far smaller or larger than the others; where nearly all have one size, any other."""

    title: ClassVar[str] = "odd sizes"
    advice: ClassVar[str] = "look at them: a thumbnail, a screenshot, or a scan among photos?"
    usual: ClassVar[str] = "are of other sizes than most"

    deviations: float = option(5.0, "robust standard deviations of log side that are usual", above=0)
    times: float = option(4.0, "times the median side, or part of it, that is usual", above=1)

    def odd(self, data: Inspected) -> Mapping[int, str]:
        """By the side of a square of the same area."""
        sizes = [(look.width, look.height) if look.fault is None else None for look in data.looks]
        counts = Counter(size for size in sizes if size is not None)
        if not counts:
            return {}
        (width, height), count = counts.most_common(1)[0]
        usual = f"{width} x {height}"
        if count >= ONE_SIZE * counts.total():
            return {
                place: f"{size[0]} x {size[1]} pixels, and nearly all others have {usual}"
                for place, size in enumerate(sizes)
                if size is not None and size != (width, height)
            }
        side = np.log(np.sqrt(data.figure("width") * data.figure("height")))
        beyond = far_off(side, self.deviations, float(np.log(self.times)))
        middle = f"{np.exp(np.nanmedian(side)):.0f}"
        places = [int(place) for place in np.argsort(-np.abs(beyond), kind="stable") if beyond[place]]
        own = {place: f"{data.looks[place].width} x {data.looks[place].height} pixels" for place in places}
        return {place: f"{size}, and the others about {middle} a side" for place, size in own.items()}
