"""Partitions of unlike files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected


@DATA_CHECKS.register
@dataclass(kw_only=True, eq=False)
class LossyShift(DataCheck):
    """Learnt from lossless files and judged by lossy ones, or the other way round, or by JPEGs of another quality."""

    title: ClassVar[str] = "partitions of unlike files"
    advice: ClassVar[str] = "pack all of them alike, or add --augment=Jpeg to the training"

    share: float = option(0.25, "by how much the shares of lossy files may differ", above=0, below=1)
    points: float = option(15.0, "by how much the mean qualities of JPEGs may differ", above=0)

    def findings(self, data: Inspected) -> Iterator[Finding]:
        """One for each partition that is unlike training."""
        learnt = _files(data, data.members.get("training", []))
        for name, places in data.members.items():
            judged = _files(data, places)
            if name == "training" or learnt is None or judged is None:
                continue
            if abs(learnt[0] - judged[0]) > self.share:
                yield Finding(f"{learnt[0]:.0%} of training is lossy, and {judged[0]:.0%} of {name}")
            elif abs(learnt[1] - judged[1]) > self.points:
                yield Finding(
                    f"JPEGs of training have quality {learnt[1]:.0f} in the mean, and those of {name} {judged[1]:.0f}"
                )


def _files(data: Inspected, places: list[int]) -> tuple[float, float] | None:
    """The share of lossy files, and the mean quality of JPEGs (NaN without one); None of no readable pictures."""
    kinds = [kind for place in places if (kind := data.looks[place].kind) is not None]
    if not kinds:
        return None
    quality = [kind.quality for kind in kinds if kind.quality is not None]
    return float(np.mean([kind.lossy for kind in kinds])), float(np.mean(quality)) if quality else float("nan")
