"""Suppression of random boxes, held against one box at a time, in any order, and against ONNX's operator.

.venv/bin/python tests/campaigns/suppression.py 1000
"""

import math
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from onnx import TensorProto, helper

from nnlab.core.types import Array
from nnlab.kernels.box_suppression import Suppression, in_order
from nnlab.onnx.backends.engines import ENGINES, OFFERED

CLASSES = 3

KINDS = [
    Suppression(kind=kind, by_class=by_class, most=most, least=least)
    for kind in ("hard", "linear", "gaussian") for by_class in (True, False) for most, least in ((100, 0.0), (5, 0.3))
]  # fmt: skip


def drawn(trial: int) -> tuple[Array, Array, Array]:
    """Boxes around a few places, of three classes, many equally sure; in eighths, so that nothing rounds."""
    chance = np.random.default_rng(trial)
    count = int(chance.integers(0, 40))
    low = chance.integers(0, 4, (count, 2)) * 8 + chance.integers(-12, 13, (count, 2)) / 8
    corners = np.concatenate([low, low + chance.integers(40, 100, (count, 2)) / 8], axis=1)
    scores = (chance.integers(0, 17, count) if trial % 2 else chance.random(count) * 16) / 16
    return corners, chance.integers(0, 3, count), scores


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes, number by number."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = width * height if width > 0 and height > 0 else 0.0
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def by_hand(suppression: Suppression, corners: Array, labels: Array, scores: Array) -> list[tuple[float, ...]]:
    """The same one box at a time: class, corners and score of each that is kept."""
    rows = zip(corners, labels, scores, strict=True)
    left = [(-sure, int(label), *map(float, box)) for box, label, sure in rows if sure > suppression.least]
    kept: list[tuple[float, ...]] = []
    while left and len(kept) < suppression.most:
        left.sort()
        best = left.pop(0)
        if -best[0] <= suppression.least:
            break
        kept.append(best)
        again = []
        for box in left:
            both = overlap(box[2:], best[2:])
            share = 1.0
            if box[1] == best[1] or not suppression.by_class:
                if suppression.kind == "hard":
                    share = 0.0 if both > suppression.overlap else 1.0
                elif suppression.kind == "linear":
                    share = 1 - both if both > suppression.overlap else 1.0
                else:
                    share = math.exp(-(both**2) / suppression.sigma)
            if share:
                again.append((box[0] * share, *box[1:]))
        left = again
    return [(box[1], *box[2:], -box[0]) for box in sorted(kept)]


def said(suppression: Suppression, corners: Array, labels: Array, scores: Array) -> list[tuple[float, ...]]:
    places, left = suppression(corners, labels, scores)
    assert all(a >= b for a, b in pairwise(left.tolist()))
    rows = zip(labels[places].tolist(), corners[places].tolist(), left.tolist(), strict=True)
    return [(label, *box, score) for label, box, score in rows]


def differing_by_hand(trials: Iterable[int]) -> list[str]:
    """Of these sets what is not as `by_hand` has it, or is another where the boxes come in another order."""
    found = []
    for trial in trials:
        boxes = drawn(trial)
        mixed = np.random.default_rng(trial).permutation(len(boxes[2]))
        for suppression in KINDS:
            own, expected = said(suppression, *boxes), by_hand(suppression, *boxes)
            alike = len(own) == len(expected)
            # soft scores are products of the same shares: of rounding alone are they apart
            if not alike or not np.allclose(sorted(own), sorted(expected), rtol=1e-12, atol=0):
                found.append(f"set {trial}, {suppression}: {own}, by hand {expected}")
            if said(suppression, *(part[mixed] for part in boxes)) != own:
                found.append(f"set {trial}, {suppression}: another in another order")
    return found


def differing_on(engine: str, trials: Iterable[int]) -> list[str]:
    """Of these sets what NonMaxSuppression gives otherwise, boxes given in the order of `in_order`."""
    inputs = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [1, None, 4]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, CLASSES, None]),
    ]
    values = {"most": (TensorProto.INT64, 100), "overlap": (TensorProto.FLOAT, 0.5), "least": (TensorProto.FLOAT, 0.0)}
    fixed = [helper.make_tensor(name, kind, [1], [value]) for name, (kind, value) in values.items()]
    node = helper.make_node("NonMaxSuppression", ["boxes", "scores", *values], ["chosen"])
    output = helper.make_tensor_value_info("chosen", TensorProto.INT64, [None, 3])
    graph = helper.make_graph([node], "suppression", inputs, [output], fixed)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    prepared, found = ENGINES[engine].backend.prepare(model), []
    for trial in trials:
        corners, labels, scores = drawn(trial)
        order = in_order(corners, labels, scores)
        if not len(order):
            continue
        table = np.zeros((1, CLASSES, len(order)), np.float32)
        table[0, labels[order], np.arange(len(order))] = scores[order]
        (chosen,) = prepared.run([corners[order][None].astype(np.float32), table])
        expected, _ = Suppression()(corners, labels, scores)
        if sorted(order[chosen[:, 2]].tolist()) != sorted(expected.tolist()):
            found.append(f"set {trial} on {engine}: {order[chosen[:, 2]].tolist()}, not {expected.tolist()}")
    return found


if __name__ == "__main__":
    sets = range(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    lines = differing_by_hand(sets) + [line for engine in OFFERED for line in differing_on(engine, sets)]
    print("\n".join(lines) or "all alike")
    sys.exit(bool(lines))
