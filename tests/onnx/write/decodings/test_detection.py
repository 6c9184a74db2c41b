"""Boxes made by ONNX operators are those of the task, on every engine."""

import numpy as np
import pytest
from onnx import checker

from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.truth import Boxes
from nnlab.models.centre_net import CentreNet
from nnlab.models.graph import Graph
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.inference.by_task import TaskReading
from nnlab.onnx.write.decodings.detection import DetectionDecoding
from nnlab.onnx.write.export import Form, written
from nnlab.onnx.write.verify import Lacking, opened_whole
from nnlab.tasks.detection import Detection

SHAPE = (16, 28, 3)


def network(task: Detection) -> Graph:
    """One whose heat maps have many peaks, some of them sure."""
    graph = CentreNet(base=4, levels=2, batch_norm=False).graph(SHAPE, task.heads(("a", "b", "c"), SHAPE))
    graph.build(SHAPE, rng=Rng(3), dtype=np.float32)
    for parameter in graph.parameters:
        if parameter.name == "heat.weight":
            parameter.value *= 8
    return graph


@pytest.mark.parametrize(("most", "opset"), [(7, None), (1000, 13)])
def test_they_are_the_task_s_on_every_engine(most: int, opset: int | None) -> None:
    task = Detection(most_boxes=most)
    graph = network(task)
    made = written(graph, Form(opset=opset), (task, DetectionDecoding()))
    checker.check_model(made.proto, full_check=True)
    names = [output.name for output in made.proto.graph.output]
    assert names == ["heat", "size", "offset", "boxes", "labels", "scores"]
    x = np.random.default_rng(0).random((3, *SHAPE)).astype(np.float32)
    wanted = task.answers(graph.read(graph.outputs(x, Context())))
    counts = [len(boxes.labels) for boxes in wanted]
    assert max(counts) > 5 and any(float(boxes.scores.max(initial=0)) > 0.3 for boxes in wanted)
    reading = TaskReading.of(task, made)
    tried = []
    for name in ("numpy", "torch", "reference", "onnxruntime"):
        try:
            run = opened_whole(ENGINES[name], made.proto)
        except Lacking as why:
            assert str(why) == "is not installed"
            continue
        tried.append(name)
        found = dict(zip(names, run(np.ascontiguousarray(x.transpose(0, 3, 1, 2))), strict=True))
        assert reading.wrong(found, 1e-5) is None, name
        said = DetectionDecoding().answers(task, found)
        assert [len(boxes.labels) for boxes in said] == counts
        for one, other in zip(said, wanted, strict=True):
            np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)  # single precision, other orders of sums
    assert {"numpy", "reference"} <= set(tried)


def test_outputs_that_are_no_boxes_are_left_out() -> None:
    outputs = {
        "boxes": np.arange(12.0).reshape(1, 3, 4),
        "labels": np.array([[2, 1, 0]]),
        "scores": np.array([[0.9, 0.5, 0.0]]),
    }
    (said,) = DetectionDecoding().answers(Detection(), outputs)
    assert isinstance(said, Boxes) and said.labels.tolist() == [2, 1] and said.corners[1].tolist() == [4, 5, 6, 7]
