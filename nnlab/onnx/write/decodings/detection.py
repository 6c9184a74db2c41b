"""Boxes as ONNX operators: the peaks of heat maps, the surest first."""

from collections.abc import Mapping, Sequence
from functools import singledispatch

import numpy as np
from onnx import helper

from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.detection.base import LEAST, BoxHeads
from nnlab.detection.centres import HEAT, OFFSET, SIZE, Centres
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.decodings.base import DECODINGS, Decoding, Given
from nnlab.tasks.base import Task
from nnlab.tasks.detection import Detection

BOXES, LABELS, SCORES = "boxes", "labels", "scores"
"""The outputs: always as many, those that are none with a score of 0."""


class DetectionDecoding(Decoding):
    """Corners, classes and scores of the surest places, as the task's form of heads says them."""

    def fits(self, task: Task) -> bool:
        """Whether its form's answers can be made by operators: not where suppression is soft."""
        return isinstance(task, Detection) and task.form.in_operators

    def oldest(self, task: Task) -> int:
        """Where Unsqueeze takes axes as an input."""
        return 13

    def written(self, task: Task, heads: Mapping[str, Given], building: Building) -> Sequence[Declared]:
        """Three outputs of one length."""
        assert isinstance(task, Detection)
        most = boxes_written(task.form, heads, building)
        return [
            Declared(BOXES, building.dtype, (most, 4), about="x0, y0, x1, y1 in pixels of the input, the surest first"),
            Declared(LABELS, np.int64, (most,), about="the class of each"),
            Declared(SCORES, building.dtype, (most,), about=f"how sure it is, 0 to 1; below {LEAST:g} it is no box"),
        ]

    def answers(self, task: Task, outputs: Mapping[str, Array]) -> tuple[Boxes, ...]:
        """Those with a score."""
        each = zip(outputs[BOXES], outputs[LABELS], outputs[SCORES], strict=True)
        return tuple(
            Boxes(corners[scores >= LEAST], labels[scores >= LEAST], scores[scores >= LEAST])
            for corners, labels, scores in each
        )


@singledispatch
def boxes_written(form: BoxHeads, heads: Mapping[str, Given], building: Building) -> int:
    """Adds nodes that give BOXES, LABELS and SCORES; returns how many of each there are."""
    raise TypeError(f"no ONNX for {type(form).__name__}")


@boxes_written.register
def _centres(form: Centres, heads: Mapping[str, Given], building: Building) -> int:
    """Peaks by a 3x3 max-pool, the best by TopK, what stands at their places by GatherND."""
    heat, add = heads[HEAT], building.add
    rows, columns, classes = heat.shape
    most = min(form.most_boxes, rows * columns * classes)
    best, places = _highest(heat, most, building)
    add("Sigmoid", best, name=SCORES)
    add("Mod", places, _whole(building, classes), name=LABELS)
    cells = add("Div", places, _whole(building, classes), name="boxes/cells")
    at = add("Unsqueeze", cells, building.store("boxes/last", np.array([2]), np.int64), name="boxes/cells/each")
    size, offset = (_at_cells(heads[name], at, building) for name in (SIZE, OFFSET))
    column = add("Mod", at, _whole(building, columns), name="boxes/cells/column")
    row = add("Div", at, _whole(building, columns), name="boxes/cells/row")
    cell = building.cast(
        add("Concat", column, row, name="boxes/cells/both", axis=2), building.dtype, name="boxes/cells/number"
    )
    centre = add("Add", cell, offset, name="boxes/centres")
    half = add(
        "Mul",
        add("Relu", size, name="boxes/sizes"),
        building.store("boxes/half", np.array(0.5)),
        name="boxes/sizes/half",
    )
    corners = [
        add(how, centre, half, name=name) for how, name in (("Sub", "boxes/corners/low"), ("Add", "boxes/corners/high"))
    ]
    both = add("Concat", *corners, name="boxes/corners", axis=2)
    inside = add("Min", add("Relu", both, name="boxes/corners/from_0"), building.store(
        "boxes/corners/most", np.array([columns, rows, columns, rows])), name="boxes/corners/inside")  # fmt: skip
    add("Mul", inside, building.store("boxes/stride", np.array(float(form.stride))), name=BOXES)
    return most


def _highest(heat: Given, most: int, building: Building) -> tuple[str, str]:
    """The highest peaks of each sample, and their places in its row of all numbers.  Shapes:  each: (batch, most)"""
    add = building.add
    maps = add("Transpose", heat.name, name="boxes/peaks/maps", perm=[0, 3, 1, 2])
    around = add("MaxPool", maps, name="boxes/peaks/around", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    dark = building.store("boxes/peaks/dark", np.array(-np.inf))
    alone = add("Where", add("Equal", maps, around, name="boxes/peaks/equal"), maps, dark, name="boxes/peaks/alone")
    last = add("Transpose", alone, name="boxes/peaks/last", perm=[0, 2, 3, 1])
    flat = add("Reshape", last, building.store("boxes/peaks/row", np.array([0, -1]), np.int64), name="boxes/peaks/flat")
    found = "boxes/peaks/highest", "boxes/peaks/places"
    building.nodes.append(
        helper.make_node("TopK", [flat, building.store("boxes/peaks/most", np.array([most]), np.int64)], list(found),
                         name="boxes/peaks/highest", axis=1)
    )  # fmt: skip
    return found


def _at_cells(head: Given, cells: str, building: Building) -> str:
    """What a head of two channels gives at cells.  Shapes:  cells: (batch, most, 1); result: (batch, most, 2)"""
    target = building.store("boxes/cells/rows", np.array([0, -1, 2]), np.int64)
    flat = building.add("Reshape", head.name, target, name=f"{head.name}/cells")
    return building.add("GatherND", flat, cells, name=f"{head.name}/found", batch_dims=1)


def _whole(building: Building, number: int) -> str:
    return building.store(f"boxes/whole/{number}", np.array(number), np.int64)


DECODINGS.register(Detection)(DetectionDecoding())
