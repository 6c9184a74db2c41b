"""Boxes as ONNX operators: anchors that are changed as the network says, and NonMaxSuppression."""

from collections.abc import Mapping

import numpy as np
from onnx import helper

from nnlab.detection.anchors import CANDIDATES, Anchors
from nnlab.detection.base import LEAST
from nnlab.kernels.boxes import LARGEST
from nnlab.onnx.write.building import Building
from nnlab.onnx.write.decodings.base import Given
from nnlab.onnx.write.decodings.detection import BOXES, LABELS, SCORES, boxes_written


@boxes_written.register
def _anchors(form: Anchors, heads: Mapping[str, Given], building: Building) -> int:
    """The scores of what NonMaxSuppression leaves, all others 0, and of these the best by TopK."""
    add = building.add
    rows, columns, classes = heads["scores_1"].shape
    count = len(heads) // 2
    number = rows * columns * count
    odds = _side_by_side("scores", heads, count, building)
    change = _side_by_side("change", heads, count, building)
    row = building.store("boxes/row", np.array([0, classes * number]), np.int64)
    odds = _surest(add("Transpose", odds, name="boxes/odds", perm=[0, 2, 1]), row, classes * number, building)
    shares = add("Sigmoid", odds, name="boxes/shares")
    corners = _changed(form, change, (rows, columns), building)
    least = float(np.nextafter(np.float32(LEAST), np.float32(0)))
    limits = ((form.most_boxes, np.int64), (form.suppression_overlap, np.float32), (least, np.float32))
    bounds = [building.store(f"boxes/limit/{at}", np.array([value]), dtype) for at, (value, dtype) in enumerate(limits)]
    given: tuple[str, ...] = (corners, shares)
    if building.dtype != np.float32:  # which is all that the operator takes
        given = tuple(building.cast(each, np.float32, name=f"{each}/float32") for each in given)
    chosen = add("NonMaxSuppression", *given, *bounds, name="boxes/chosen")
    own = add("GatherND", shares, building.cast(chosen, np.int64, name="boxes/chosen/at"), name="boxes/chosen/shares")
    nothing = add("Sub", shares, shares, name="boxes/nothing")
    left = add("ScatterND", nothing, "boxes/chosen/at", own, name="boxes/left")
    most = min(form.most_boxes, classes * number)
    size = building.store("boxes/most", np.array([most]), np.int64)
    flat = add("Reshape", left, row, name="boxes/left/row")
    building.nodes.append(helper.make_node("TopK", [flat, size], [SCORES, "boxes/places"], name="boxes/best", axis=1))
    each = building.store("boxes/each", np.array(number), np.int64)
    add("Div", "boxes/places", each, name=LABELS)
    anchor = add("Mod", "boxes/places", each, name="boxes/anchor")
    at = add("Unsqueeze", anchor, building.store("boxes/last", np.array([2]), np.int64), name="boxes/anchor/at")
    add("GatherND", corners, at, name=BOXES, batch_dims=1)
    return most


def _surest(odds: str, row: str, number: int, building: Building) -> str:
    """Those of all but the surest made minus infinity.  Shapes:  odds, result: (batch, classes, anchors)"""
    if number <= CANDIDATES:
        return odds
    add = building.add
    size = building.store("boxes/candidates", np.array([CANDIDATES]), np.int64)
    found = ["boxes/surest", "boxes/surest/places"]
    flat = add("Reshape", odds, row, name="boxes/odds/row")
    building.nodes.append(helper.make_node("TopK", [flat, size], found, name="boxes/surest", axis=1))
    last = building.store("boxes/candidates/last", np.array([CANDIDATES - 1]), np.int64)
    least = add("Gather", "boxes/surest", last, name="boxes/least", axis=1)
    least = add("Unsqueeze", least, building.store("boxes/last", np.array([2]), np.int64), name="boxes/least/each")
    dark = building.store("boxes/dark", np.array(-np.inf))
    return add("Where", add("Less", odds, least, name="boxes/unsure"), dark, odds, name="boxes/odds/surest")


def _side_by_side(what: str, heads: Mapping[str, Given], count: int, building: Building) -> str:
    """What the heads of all sizes give, place by place, size by size.  Shapes:  result: (batch, anchors, channels)"""
    add, last = building.add, building.store("boxes/sizes", np.array([3]), np.int64)
    names = [f"{what}_{number + 1}" for number in range(count)]
    apart = [add("Unsqueeze", heads[name].name, last, name=f"boxes/{name}") for name in names]
    joined = add("Concat", *apart, name=f"boxes/{what}/joined", axis=3) if count > 1 else apart[0]
    shape = building.store(f"boxes/{what}/shape", np.array([0, -1, heads[names[0]].shape[-1]]), np.int64)
    return add("Reshape", joined, shape, name=f"boxes/{what}")


def _changed(form: Anchors, change: str, places: tuple[int, int], building: Building) -> str:
    """The corners of the boxes that changes say, cut off at the edges.  Shapes:  result: (batch, anchors, 4)"""
    add, store = building.add, building.store
    anchors = form.on(*places).reshape(-1, 4)
    two = store("boxes/change/parts", np.array([2, 2]), np.int64)
    building.nodes.append(
        helper.make_node("Split", [change, two], ["boxes/away", "boxes/logs"], name="boxes/parts", axis=2)
    )
    sizes = store("boxes/anchors/sizes", anchors[:, 2:])
    away = add("Mul", "boxes/away", sizes, name="boxes/away/pixels")
    centre = add("Add", away, store("boxes/anchors/centres", anchors[:, :2]), name="boxes/centre")
    logs = add("Min", "boxes/logs", store("boxes/anchors/largest", np.array(LARGEST)), name="boxes/logs/bounded")
    grown = add("Exp", logs, name="boxes/logs/exp")
    half = add("Mul", grown, store("boxes/anchors/halves", anchors[:, 2:] / 2), name="boxes/half")
    corners = [add(how, centre, half, name=f"boxes/{how}") for how in ("Sub", "Add")]
    both = add("Concat", *corners, name="boxes/corners", axis=2)
    most = store("boxes/edges", np.array([places[1], places[0]] * 2) * float(form.stride))
    return add("Min", add("Relu", both, name="boxes/corners/from_0"), most, name="boxes/corners/inside")
