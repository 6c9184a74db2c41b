"""A detection's page: precision over recall, what was found class by class, the pictures it was most wrong about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.truth import Boxes
from nnlab.metrics.box_matches import matched
from nnlab.tasks.detection import OVERLAP, Detection
from nnlab.tracking.pages.bars import bar
from nnlab.tracking.pages.page import folded, table
from nnlab.tracking.pages.pictures import picture_in
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.pictures import Caption, most_wrong
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import PARTITIONS, number, table_of, words

SHOWN, MOST = 30, 300
"""Classes in view, and at most in the page: those with most things."""


@dataclass
class Found:
    """What was found in a partition, by class: things that are there, boxes that were said, those that are right."""

    there: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    right: dict[str, int] = field(default_factory=dict)
    pictures: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Takes in a row of predictions.jsonl."""
        names: list[str] = []
        truth, answer = (boxes_told(row.get(key), names) for key in ("actual", "predicted"))
        if truth is None or answer is None:
            return
        self.pictures += 1
        places, found = matched(answer, truth, np.array([OVERLAP]))
        hits = [answer.labels[place] for place, truth_place in zip(places, found[0], strict=True) if truth_place >= 0]
        for counts, labels in ((self.there, truth.labels), (self.said, answer.labels), (self.right, hits)):
            for label in labels:
                counts[names[int(label)]] = counts.get(names[int(label)], 0) + 1


def boxes_told(told: Any, names: list[str]) -> Boxes | None:
    """The boxes that a row of predictions.jsonl tells; None where that is no list of boxes.

    Options:  names: of the classes so far, to which those that are new are added.
    """
    if not isinstance(told, Sequence) or isinstance(told, str):
        return None
    corners, labels, scores = [], [], []
    for one in told:
        box = one.get("box") if isinstance(one, Mapping) else None
        if not isinstance(box, Sequence) or len(box) != 4 or not all(isinstance(side, (int, float)) for side in box):
            continue  # one that is not finite is told as null
        name = words(one.get("label"))
        if name not in names:
            names.append(name)
        corners.append([float(side) for side in box])
        labels.append(names.index(name))
        scores.append(number(one, "score"))
    return Boxes(
        np.array(corners, np.float64).reshape(-1, 4), np.array(labels, np.intp), np.nan_to_num(scores, nan=1.0)
    )


@READINGS.register(Detection)
class DetectionReading(Reading):
    """The curves, a row for each class, the most wrong pictures."""

    @cached_property
    def found(self) -> Mapping[str, Found]:
        """By partition, the one that says most first."""
        every: dict[str, Found] = {}
        for row in self.recorded.predictions():
            every.setdefault(row["partition"], Found()).add(row)
        return {name: every[name] for name in PARTITIONS if name in every and every[name].pictures}

    def result(self) -> str:
        """The figures, and how many things were found."""
        said, best = super().result(), self.recorded.best
        if best is None:
            return said
        keys = ("ap50", "ap75", "count_error")
        shown = [f"{self.recorded.title(key)} {self.recorded.shown(key, number(best[1], key))}" for key in keys
                 if key in best[1]]  # fmt: skip
        more = f" Beside it {', '.join(shown)}." if shown else ""
        if (found := self.found.get(best[0])) is None:
            return f"{said}{more}"
        there, right, boxes = (sum(counts.values()) for counts in (found.there, found.right, found.said))
        return (
            f"{said}{more} Of {there:,} things {right:,} were found by {boxes:,} boxes "
            f"that are sure to {self._threshold} at least."
        )

    @property
    def _threshold(self) -> str:
        value = self.recorded.setting("task", "score_threshold")
        return f"{value:g}" if isinstance(value, (int, float)) else "some share"

    def figures(self) -> Iterator[Part]:
        """In the order in which questions come up."""
        if not self.found:
            yield missing("found", "What was found", "the run left no answers.")
            return
        partition, found = next(iter(self.found.items()))
        if (curves := self._curves(partition)) is not None:
            yield curves
        yield self._classes(partition, found)
        yield most_wrong(
            self.pictures,
            intro="Pictures as the network saw them, those with most mistakes first (things that no box found, and "
            f"boxes that found none): left what is true, right the boxes that are sure to {self._threshold} at least.",
        )

    def _curves(self, partition: str) -> Part | None:
        """The run's own figure of them."""
        drawn = picture_in(self.recorded.run.folder, f"figures/precision-{partition}.png")
        if drawn is None or not self.recorded.room.takes(drawn):
            return None
        return Part(
            "precision",
            "Precision over recall",
            drawn.as_sheet("Precision over recall, and average precision by class"),
            intro=f"Of the {partition} pictures. From left to right less and less sure boxes are taken: ever more of "
            "the things are found, and ever more of the boxes are wrong. A box is right when it overlaps a thing of "
            "its class by half (intersection over union). AP is the area below.",
        )

    def _classes(self, partition: str, found: Found) -> Part:
        scores = table_of(table_of(self.recorded.summary, partition), "per_class")
        names = sorted({*found.there, *found.said}, key=lambda name: (-found.there.get(name, 0), name))[:MOST]
        rows = [self._row(name, found, scores) for name in names]
        head = {
            "class": False, "things": True, "boxes": True, "right": True, "recall": True, "": False, "precision": True,
            "AP50": True, "AP75": True, "AP50:95": True,
        }  # fmt: skip
        html = table(head, rows[:SHOWN])
        if rows[SHOWN:]:
            html += folded(f"{len(rows) - SHOWN} more classes", table(head, rows[SHOWN:]))
        return Part(
            "classes",
            "Class by class",
            html,
            intro=f"Of the {partition} pictures. Boxes: those that are sure to {self._threshold} at least. Recall: of "
            "the things of a class, the share that one of them found. Precision: of the boxes, the share that found "
            "one. AP: whatever score is asked for.",
        )

    def _row(self, name: str, found: Found, scores: Mapping[str, Any]) -> tuple[str, ...]:
        there, said, right = (counts.get(name, 0) for counts in (found.there, found.said, found.right))
        areas = [number(scores, key, name) for key in ("ap50", "ap75", "ap")]
        return (
            name, f"{there:,}", f"{said:,}", f"{right:,}", _share(right, there), bar(right / there if there else 0.0),
            _share(right, said), *(f"{area:.3f}" if area == area else "" for area in areas),
        )  # fmt: skip

    def caption(self, row: Mapping[str, Any]) -> Caption:
        """How many things there are and how many boxes were said; a mistake where it was kept as one."""
        actual, predicted = row.get("actual"), row.get("predicted")
        there = f"{len(actual)} there" if isinstance(actual, Sequence) else ""
        if not isinstance(predicted, Sequence):
            return Caption(there)
        return Caption(f"{len(predicted)} said", [there], is_wrong=True)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""
