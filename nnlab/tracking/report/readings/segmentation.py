"""A segmentation's page: how well each class is found, at which scales, and what it was most wrong about."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nnlab.tasks.segmentation import Segmentation
from nnlab.tracking.pages.bars import bar
from nnlab.tracking.pages.page import table
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.pictures import Caption, most_wrong
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import PARTITIONS, number, table_of, words

KEYS = ("mean_iou", "mean_dice", "pixel_accuracy")

MOST = 300
"""Classes in the page: those found worst."""

MOST_NAMED = 4
"""Classes in the caption of a picture: those with most pixels."""


@READINGS.register(Segmentation)
class SegmentationReading(Reading):
    """Classes, scales, pictures."""

    def figures(self) -> Iterator[Part]:
        """In the order in which questions come up."""
        yield self._classes()
        yield most_wrong(
            self.pictures,
            intro="Pictures as the network saw them, those with most wrong pixels first: left what is true, right what "
            "was said; below how much of it each class has.",
        )

    def caption(self, row: Mapping[str, Any]) -> Caption:
        """How much of the picture each class has, as it was said, and as it is."""
        said, true = (_shares(table_of(row, key)) for key in ("predicted", "actual"))
        return Caption(said, [f"is {true}"] if true else []) if said else Caption(true)

    def _classes(self) -> Part:
        """A row for each class, the one that is found worst first."""
        name, found = next(((name, own) for name in PARTITIONS if (own := self._per_class(name))), ("", {}))
        if not found:
            return missing("classes", "Class by class", "the run was not scored.")
        ious = table_of(found, KEYS[0])
        order = sorted(ious, key=lambda each: np.nan_to_num(number(ious, each), nan=2.0))[:MOST]
        head = {"class": False, "IoU": True, "": False, "Dice": True, "found": True}
        return Part(
            "classes",
            "Class by class",
            table(head, [_row(found, each) for each in order]),
            intro=f"Of the pixels of the {name} partition. IoU: of the places where the class is or was said to be, "
            "the share where both hold. Dice: twice the overlap, of both areas' sum. Found: of its pixels, the share "
            "that was said to be of it. The class that is found worst stands first.",
        )

    def _per_class(self, partition: str) -> Mapping[str, Any]:
        return table_of(table_of(self.recorded.summary, partition), "per_class")


def _row(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    iou, dice, share = (number(table_of(found, key), name) for key in KEYS)
    return words(name, 60), _said(iou), bar(iou if iou == iou else 0.0), _said(dice), _said(share)


def _shares(counts: Mapping[str, Any]) -> str:
    """The classes of most pixels, and their shares."""
    pixels = {name: own for name in counts if (own := number(counts, name)) > 0}
    total = sum(pixels.values())
    shown = sorted(pixels, key=lambda name: -pixels[name])[:MOST_NAMED]
    return ", ".join(f"{words(name, 30)} {pixels[name] / total:.1%}" for name in shown)


def _said(value: float) -> str:
    return f"{value:.3f}" if value == value else "-"
