"""What key points make of their heads: x and y in pixels, and how sure each is."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.core.heads import OUTPUT
from nnlab.core.truth import Points
from nnlab.core.types import Array
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.decodings.base import DECODINGS, Decoding, Given
from nnlab.onnx.write.decodings.bumps import Bumps
from nnlab.tasks.base import Task
from nnlab.tasks.keypoints import NEAR, PLACES, SEEN, TOWARDS, Keypoints

POINTS, SCORES = "points", "scores"
"""The outputs."""


class KeypointsDecoding(Decoding):
    """points (batch, points, 2): x and y in pixels of the network's picture;  scores (batch, points)"""

    def oldest(self, task: Task) -> int:
        """Where Clip takes its ends as inputs; for bumps where ReduceSum takes axes so."""
        return 11 if isinstance(task, Keypoints) and task.head == "direct" else 13

    def written(self, task: Task, heads: Mapping[str, Given], building: Building) -> Sequence[Declared]:
        """By the form of the heads."""
        assert isinstance(task, Keypoints)
        if task.head == "direct":
            count = heads[SEEN].shape[-1]
            sizes = building.store("decoded/point_sizes", np.array([0, count, 2]), np.int64)
            building.add("Reshape", heads[PLACES].name, sizes, name=POINTS)
            sure = heads[SEEN].name
        else:
            bumps = Bumps(building, heads[OUTPUT if task.head == "heatmap" else NEAR])
            count = bumps.points
            _in_pixels(task, building, *_tops(task, bumps, heads))
            sure = building.add("Transpose", bumps.height, name="decoded/heights", perm=[0, 2, 1])
            sizes = building.store("decoded/score_sizes", np.array([0, count]), np.int64)
            sure = building.add("Reshape", sure, sizes, name="decoded/sure")
        ends = [building.store(f"decoded/{name}", np.array(value)) for name, value in (("none", 0.0), ("all", 1.0))]
        building.add("Clip", sure, *ends, name=SCORES)
        return [
            Declared(POINTS, building.dtype, (count, 2), about="x and y of each point, in pixels"),
            Declared(SCORES, building.dtype, (count,), about="how sure each point is, 0 to 1"),
        ]

    def answers(self, task: Task, outputs: Mapping[str, Array]) -> Sequence[Points]:
        """Those that are sure enough are seen."""
        assert isinstance(task, Keypoints)
        places, scores = outputs[POINTS].astype(np.float64), outputs[SCORES]
        return tuple(map(Points, places, scores >= task.least_score, scores))


DECODINGS.register(Keypoints)(KeypointsDecoding())


def _tops(task: Keypoints, bumps: Bumps, heads: Mapping[str, Given]) -> tuple[str, str]:
    """x and y of each point, in cells."""
    if task.head == "offset":
        return bumps.voted(heads[TOWARDS].name, task.radius)
    found: tuple[str, str] = getattr(bumps, task.decoder.replace("-", "_"))()
    return found


def _in_pixels(task: Keypoints, building: Building, x: str, y: str) -> None:
    """stride (cell + 1/2), x beside y."""
    turned = [building.add("Transpose", each, name=f"decoded/{axis}_turned", perm=[0, 2, 1])
              for axis, each in zip("xy", (x, y), strict=True)]  # fmt: skip
    cells = building.add("Concat", *turned, name="decoded/tops", axis=2)
    half = building.store("decoded/half", np.array(0.5))
    middles = building.add("Add", cells, half, name="decoded/middles")
    stride = building.store("decoded/stride", np.array(float(task.stride)))
    building.add("Mul", middles, stride, name=POINTS)
